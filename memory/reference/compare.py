"""Holds our intervals against the reference package `fsrs` (PyPI, version 6) on random histories: every interval must be
the same to the day, with fuzz off.

    compare.py PROGRAM [HISTORIES] [SEED]

PROGRAM is the built example `intervals`. Prints one line; exit 1 when a single interval differs.
"""

import random
import subprocess
import sys
from datetime import datetime, timedelta, timezone

from fsrs import Card, Rating, Scheduler
from fsrs.scheduler import DEFAULT_PARAMETERS, LOWER_BOUNDS_PARAMETERS, UPPER_BOUNDS_PARAMETERS


def history(chance):
    """Weights, retention, and reviews as (days since the last, rating); a third with weights of their own."""
    weights = list(DEFAULT_PARAMETERS)
    if chance.random() < 1 / 3:
        for place, (low, high) in enumerate(zip(LOWER_BOUNDS_PARAMETERS, UPPER_BOUNDS_PARAMETERS)):
            near = weights[place] * chance.uniform(0.6, 1.6)
            weights[place] = round(min(max(near, low), high), 6)
    retention = chance.choice([0.9, 0.7, 0.8, 0.85, 0.95, 0.97, round(chance.uniform(0.7, 0.97), 4)])
    reviews = []
    for number in range(chance.randint(1, 30)):
        days = 0 if number == 0 else chance.choice([0, 1, 2, chance.randint(1, 30), chance.randint(1, 400)])
        reviews.append((days, chance.choices([1, 2, 3, 4], [2, 1, 5, 1])[0]))
    return weights, retention, reviews


def expected(weights, retention, reviews):
    """The intervals of the reference, and its last stability and difficulty."""
    scheduler = Scheduler(weights, retention, learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    card, now, intervals = Card(card_id=1), datetime(2026, 1, 1, tzinfo=timezone.utc), []
    for days, rating in reviews:
        now += timedelta(days=days)
        card, _ = scheduler.review_card(card, Rating(rating), now)
        intervals.append((card.due - now).days)
    return intervals, card.stability, card.difficulty


def main():
    program = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 20261123
    chance = random.Random(seed)
    histories = [history(chance) for _ in range(count)]
    lines = [
        " ".join([",".join(map(repr, weights)), repr(retention)] + [f"{days}:{rating}" for days, rating in reviews])
        for weights, retention, reviews in histories
    ]
    answer = subprocess.run([program], input="\n".join(lines) + "\n", capture_output=True, text=True, check=True)
    ours = answer.stdout.splitlines()
    assert len(ours) == count, f"{len(ours)} answers to {count} histories"
    reviews, worst, different = 0, 0.0, []
    for line, (weights, retention, told), answer in zip(lines, histories, ours):
        intervals, stability, difficulty = expected(weights, retention, told)
        *days, last_stability, last_difficulty = answer.split()
        reviews += len(told)
        worst = max(worst, abs(float(last_stability) / stability - 1), abs(float(last_difficulty) / difficulty - 1))
        if [int(day) for day in days] != intervals:
            different.append((line, intervals, answer))
    print(f"{count} histories, {reviews} reviews: {len(different)} differ; states within {worst:.1e} of the reference")
    for line, intervals, answer in different[:5]:
        print(f"  {line}\n    reference {intervals}\n    ours      {answer}")
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
