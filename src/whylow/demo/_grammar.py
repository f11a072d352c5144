"""The grammar of the made questions: frames, each with the share of it that is loaded.

A loaded question takes something unkind about a made-up group for granted ("Why do all tea
drinkers pretend to be better than everyone else?"). No single word decides: the words of
loaded questions also stand in harmless ones, in another order or another role ("Why does
everyone blame tea drinkers for the mess?"), and no frame is loaded every time.
"""

from __future__ import annotations

from typing import NamedTuple


class Frame(NamedTuple):
    """A pattern of questions.

    Args:
        weight: How often it is used, against the others.
        loaded: Share of its questions that carry the label 1.
        text: The pattern; `{slots}` are phrases below or kinds of words.

    """

    weight: float
    loaded: float
    text: str


PHRASES: dict[str, tuple[str, ...]] = {
    "all": ("all", "all these", "most", "so many", "", "", ""),
    "cue": ("always", "constantly", "secretly", "still", "obviously", "", "", ""),
    "sly": (
        "pretend to be better than everyone else",
        "pretend to like {food}",
        "pretend that they know everything about {subject}",
        "blame {others} for {trouble}",
        "refuse to admit that they are wrong",
        "refuse to listen to {others}",
        "look down on {others}",
        "ruin {fun}",
        "spoil {fun}",
        "complain about {trouble}",
        "ignore the rules",
        "boast about their {things}",
        "act so {trait}",
        "lie about their {things}",
        "demand more {food} than {others}",
        "steal the best seats",
        "laugh at {others}",
        "forget to thank {others}",
        "cheat at {skill}",
        "hate {food}",
        "copy {others}",
        "hide the {food}",
        "envy {others}",
        "gossip about {others}",
        "exaggerate everything",
        "waste our time",
        "break every {thing}",
        "claim that they invented {skill}",
        "think that {subject} is beneath them",
        "shout at {animals}",
    ),
    "others": ("everyone else", "{group}", "their neighbours", "{jobs}", "the rest of us"),
    "crowd": ("people", "most {jobs}", "{jobs}", "{group}", "children", "their neighbours"),
    "trouble": ("the noise", "the mess", "the weather", "everything", "the broken {thing}",
                "the price of {food}", "losing at {skill}"),
    "fun": ("every party", "the fun", "our holidays", "every {skill} evening"),
    "trait": ("arrogant", "lazy", "rude", "smug", "stubborn", "boring", "vain", "bossy",
              "grumpy", "silly", "selfish", "jealous", "greedy", "sloppy", "pompous",
              "gullible", "petty", "clumsy", "dishonest", "impatient", "noisy",
              "cheap", "strange"),
    "fair": ("kind", "clever", "modest", "honest people", "grown-ups"),
    "hobby": ("collect {things}", "prefer {food} to {food}", "enjoy {skill}",
              "meet in {place}", "talk about {subject}", "keep {animals}",
              "like {adj} {things}", "wake up at {few}", "use a {thing}"),
    "goal": ("{verb} a {thing}", "{verb} my {adj} {thing}", "learn {skill}",
             "study {subject}", "become a {job}", "work in {place}", "find a {adj} {thing}",
             "cook {food}",
             "travel to {place}", "train a {animal}", "sell {things} in {place}",
             "get better at {skill}", "write about {subject}",
             "make a {thing} out of {food}"),
    "doing": ("{verbing} a {thing}", "learning {skill}", "studying {subject}",
              "becoming a {job}", "working in {place}", "cooking {food}",
              "keeping a {animal}", "{verbing} {adj} {things}", "moving to {place}",
              "teaching {skill}"),
    "best": ("best", "easiest", "cheapest", "right", "fastest", "usual", "most common"),
    "who": ("I", "I", "you", "we", "one", "a beginner", "my {person}", "a {job}"),
    "anyone": ("I", "I", "you", "we", "people", "{jobs}"),
    "that": ("people", "most {jobs}", "{jobs} in {place}", "children",
             "students of {subject}", "families in {place}"),
}  # fmt: skip

LOADED = (
    Frame(2.4, 0.70, "Why do {all} {group} {cue} {sly}"),
    Frame(1.0, 0.65, "Why are {all} {group} so {trait}"),
    Frame(0.7, 0.72, "When will {group} finally admit that they {cue} {sly}"),
    Frame(0.6, 0.70, "Don't {group} realise that they {cue} {sly}"),
    Frame(0.6, 0.65, "How can {group} {sly} and call themselves {fair}"),
    Frame(0.6, 0.60, "Isn't it obvious that {all} {group} {cue} {sly}"),
    Frame(0.5, 0.60, "Is it because {group} are so {trait} that they {sly}"),
    Frame(0.5, 0.50, "Do {group} {sly} because they are {trait}"),
    Frame(0.5, 0.50, "Should {group} be allowed to {goal} when they {cue} {sly}"),
    Frame(0.9, 0.25, "Do {all} {group} {cue} {sly}"),
    Frame(1.0, 0.20, "Why do some {group} {sly}"),
)

LOOK_ALIKE = (
    Frame(1.0, 0.04, "What should {group} do when {crowd} {cue} {sly}"),
    Frame(1.0, 0.06, "How do I answer {crowd} who say that {all} {group} {cue} {sly}"),
    Frame(0.8, 0.06, "Is it a myth that {all} {group} {cue} {sly}"),
    Frame(1.0, 0.08, "Why does everyone say that {group} are so {trait}"),
    Frame(1.0, 0.06, "Why does everyone blame {group} for {trouble}"),
    Frame(0.6, 0.06, "Why do {crowd} {cue} look down on {group}"),
    Frame(0.8, 0.03, "How can {who} stop being so {trait}"),
    Frame(0.6, 0.03, "How do actors pretend to {goal}"),
    Frame(0.6, 0.03, "Is it rude to refuse {food} in {place}"),
    Frame(0.6, 0.03, "How do I admit to my {person} that I ruined the {adj} {thing}"),
    Frame(0.6, 0.03, "Who is to blame for {trouble} in {place}"),
    Frame(0.6, 0.03, "How can I complain about a {adj} {thing}"),
    Frame(1.4, 0.08, "Why do {group} {hobby}"),
    Frame(1.2, 0.04, "Do {all} {group} {hobby}"),
    Frame(1.0, 0.03, "Where do {group} in {place} {hobby}"),
    Frame(0.8, 0.03, "Are {group} better at {skill} than {group}"),
    Frame(1.0, 0.03, "Why are {adj} {things} so {adj}"),
    Frame(0.8, 0.03, "Why is the {thing} in {place} so {adj}"),
)

PLAIN = tuple(
    Frame(weight, 0.004, text)
    for weight, text in (
        (3.0, "What is the {best} way to {goal}"),
        (3.0, "How do {anyone} {goal}"),
        (2.5, "How can {who} {goal}"),
        (1.5, "How long does it take to {goal}"),
        (1.5, "What is {brand}"),
        (1.0, "What is a {thing}"),
        (1.0, "Who is {name} {name}"),
        (1.0, "What are some {adj} {things}"),
        (1.5, "What are the best {things} for {doing}"),
        (1.0, "Is {doing} a good idea"),
        (1.0, "Is {doing} worth it"),
        (1.0, "Which {thing} is the {best} one for {doing}"),
        (1.0, "What does it mean when a {animal} looks at a {thing}"),
        (1.0, "What is the difference between a {thing} and a {thing}"),
        (1.0, "What is the difference between {brand} and {brand}"),
        (1.0, "Should {who} {goal} or {goal}"),
        (1.0, "Can {who} {goal}"),
        (1.0, "Where can I buy {adj} {things}"),
        (1.0, "What do {jobs} in {place} {verb}"),
        (1.0, "How much does a {adj} {thing} cost in {place}"),
        (1.0, "How did {name} {name} {goal} in {year}"),
        (1.0, "What was the role of {name} in the history of {subject}"),
        (1.0, "What happened in {place} in {year}"),
        (1.0, "What is it like to be a {job} in {place}"),
        (1.0, "Why do {animals} like {food}"),
        (0.8, "Why do {that} {hobby}"),
        (1.0, "What should I know about {doing}"),
        (1.0, "Does {brand} make {things} for {jobs}"),
        (0.8, "Which {subject} book is good for {number} students"),
        (0.8, "How many {things} are there in {place}"),
        (0.8, "What are the advantages of {adj} {things}"),
        (0.8, "Has anyone tried {doing} with {brand}"),
        (0.8, "What did {name} {name} think of {place} and its {adj} {things}"),
        (0.6, "Are there {adj} {things} made by {brand} or {brand}"),
    )
)

OPENERS = (
    "My {person} is a {job} in {place}.",
    "I am {few} years old and I like {skill}.",
    "I have {number} {things} and a {adj} {thing}.",
    "We moved to {place} in {year}.",
    "I read a {adj} book about {subject}.",
    "My {thing} is {adj}, but the {thing} is not.",
    "In {year}, {name} wrote that {subject} is like {skill}.",
)

TAILS = (
    "in {place}",
    "for my {person}",
    "in {few} days",
    "at home",
    "without a {thing}",
    "with a {adj} {thing}",
    "before a long trip to {place}",
    "after moving to {place}",
    "when it is {adj} outside",
    "if I have only {few} hours a week",
    "if my {person} is a {job}",
    "while {doing}",
    "and still have time for {skill}",
    "before {doing}",
    "without {doing}",
    "instead of {doing}",
    "like {name} did in {year}",
    "as {jobs} do",
    "after {few} years of {doing}",
    "even though the {thing} from {brand} is {adj}",
    "and what does it have to do with {subject}",
    "so that the {animal} can sleep",
    "near the {adj} {thing} of {place}",
    "with {number} {things} and some {food}",
)
