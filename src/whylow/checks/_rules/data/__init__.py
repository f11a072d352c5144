"""`WL1xx`: what the data are."""

from whylow.checks._check import FitCheck
from whylow.checks._rules.data.class_missing_from_a_part import (
    ClassMissingFromAPart,
    class_missing_from_a_part,
)
from whylow.checks._rules.data.class_shares_differ import (
    ClassSharesDiffer,
    class_shares_differ,
)
from whylow.checks._rules.data.constant_columns import (
    ConstantColumns,
    constant_columns,
)
from whylow.checks._rules.data.constant_input import (
    ConstantInput,
    constant_input,
)
from whylow.checks._rules.data.constant_label import (
    ConstantLabel,
    constant_label,
)
from whylow.checks._rules.data.contradicting_labels import (
    ContradictingLabels,
    contradicting_labels,
)
from whylow.checks._rules.data.empty_texts import (
    EmptyTexts,
    empty_texts,
)
from whylow.checks._rules.data.ids_are_fractions import (
    IdsAreFractions,
    ids_are_fractions,
)
from whylow.checks._rules.data.ids_beyond_embedding import (
    IdsBeyondEmbedding,
    ids_beyond_embedding,
)
from whylow.checks._rules.data.inputs_off_scale import (
    InputsOffScale,
    inputs_off_scale,
)
from whylow.checks._rules.data.label_in_inputs import (
    LabelInInputs,
    label_in_inputs,
)
from whylow.checks._rules.data.labels_shifted import (
    LabelsShifted,
    labels_shifted,
)
from whylow.checks._rules.data.labels_unrelated_to_inputs import (
    LabelsUnrelatedToInputs,
    labels_unrelated_to_inputs,
)
from whylow.checks._rules.data.one_id_dominates import (
    OneIdDominates,
    one_id_dominates,
)
from whylow.checks._rules.data.padding_beyond_every_text import (
    PaddingBeyondEveryText,
    padding_beyond_every_text,
)
from whylow.checks._rules.data.parts_scaled_differently import (
    PartsScaledDifferently,
    parts_scaled_differently,
)
from whylow.checks._rules.data.rows_in_both_parts import (
    RowsInBothParts,
    rows_in_both_parts,
)
from whylow.checks._rules.data.sorted_rows_not_shuffled import (
    SortedRowsNotShuffled,
    sorted_rows_not_shuffled,
)
from whylow.checks._rules.data.split_of_sorted_rows import (
    SplitOfSortedRows,
    split_of_sorted_rows,
)
from whylow.checks._rules.data.targets_off_scale import (
    TargetsOffScale,
    targets_off_scale,
)
from whylow.checks._rules.data.texts_cut_short import (
    TextsCutShort,
    texts_cut_short,
)
from whylow.checks._rules.data.token_ids_read_as_numbers import (
    TokenIdsReadAsNumbers,
    token_ids_read_as_numbers,
)
from whylow.checks._rules.data.validated_on_training_rows import (
    ValidatedOnTrainingRows,
    validated_on_training_rows,
)
from whylow.checks._rules.data.values_not_finite import (
    ValuesNotFinite,
    values_not_finite,
)

CHECKS: tuple[FitCheck, ...] = (
    FitCheck("WL101", ConstantLabel, constant_label),
    FitCheck("WL102", ConstantInput, constant_input),
    FitCheck("WL103", ConstantColumns, constant_columns),
    FitCheck("WL104", ValuesNotFinite, values_not_finite),
    FitCheck("WL105", InputsOffScale, inputs_off_scale),
    FitCheck("WL106", TargetsOffScale, targets_off_scale),
    FitCheck("WL107", SplitOfSortedRows, split_of_sorted_rows),
    FitCheck("WL108", SortedRowsNotShuffled, sorted_rows_not_shuffled),
    FitCheck("WL109", ClassMissingFromAPart, class_missing_from_a_part),
    FitCheck("WL110", PartsScaledDifferently, parts_scaled_differently),
    FitCheck("WL111", ClassSharesDiffer, class_shares_differ),
    FitCheck("WL112", ValidatedOnTrainingRows, validated_on_training_rows),
    FitCheck("WL113", RowsInBothParts, rows_in_both_parts),
    FitCheck("WL114", ContradictingLabels, contradicting_labels),
    FitCheck("WL115", LabelInInputs, label_in_inputs),
    FitCheck("WL116", LabelsShifted, labels_shifted),
    FitCheck("WL117", LabelsUnrelatedToInputs, labels_unrelated_to_inputs),
    FitCheck("WL118", EmptyTexts, empty_texts),
    FitCheck("WL119", TextsCutShort, texts_cut_short),
    FitCheck("WL120", PaddingBeyondEveryText, padding_beyond_every_text),
    FitCheck("WL121", OneIdDominates, one_id_dominates),
    FitCheck("WL122", TokenIdsReadAsNumbers, token_ids_read_as_numbers),
    FitCheck("WL123", IdsAreFractions, ids_are_fractions),
    FitCheck("WL124", IdsBeyondEmbedding, ids_beyond_embedding),
)
