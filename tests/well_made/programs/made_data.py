"""Made texts and series that the programs share: what they hold can be learnt."""

import numpy as np

NEUTRAL = [f"word{number}" for number in range(300)]
GOOD = "good great lovely warm bright clever funny gentle rich fresh".split()
BAD = "bad awful dull cold grim silly boring harsh poor stale".split()
TOPICS = {
    "sport": "match team goal coach league score race medal".split(),
    "money": "bank stock price market loan tax trade budget".split(),
    "health": "doctor clinic virus diet sleep nurse heart muscle".split(),
    "travel": "hotel flight beach train visa luggage tour island".split(),
}


def sentences(rows, telling, seed=0, lengths=(8, 30), told=3):
    """Return texts and the number of the word list that their telling words are from."""
    random = np.random.default_rng(seed)
    ranks = 1 / np.arange(1, len(NEUTRAL) + 1)
    texts, labels = [], random.integers(0, len(telling), rows)
    for label in labels:
        words = random.choice(NEUTRAL, random.integers(*lengths), p=ranks / ranks.sum())
        places = random.integers(0, len(words), told)
        words[places] = random.choice(telling[label], told)
        texts.append(" ".join(words))
    return np.array(texts), labels


def ids(texts, maxlen=30, vocabulary=350):
    """Return token ids, padded behind, as `TextVectorization` numbers them."""
    counts = {}
    for text in texts:
        for word in text.split():
            counts[word] = counts.get(word, 0) + 1
    known = sorted(counts, key=lambda word: (-counts[word], word))[: vocabulary - 2]
    number = {word: place + 2 for place, word in enumerate(known)}
    table = np.zeros((len(texts), maxlen), dtype="int32")
    for row, text in enumerate(texts):
        found = [number.get(word, 1) for word in text.split()][:maxlen]
        table[row, : len(found)] = found
    return table


def wave(steps, seed=0):
    """Return a series of three waves with noise, standardised."""
    random = np.random.default_rng(seed)
    time = np.arange(steps)
    series = np.sin(time / 8) + 0.5 * np.sin(time / 31) + 0.2 * np.cos(time / 3)
    series = series + random.normal(0, 0.1, steps)
    return ((series - series.mean()) / series.std()).astype("float32")


def windows(series, length):
    """Return windows `(N, length, 1)` and the value that follows each."""
    x = np.stack([series[start : start + length] for start in range(len(series) - length)])
    return x[..., None], series[length:]
