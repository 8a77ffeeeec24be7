"""Build the invented graph of families in ``datasets/family``.

    python tools/build_family.py datasets/family            write the files
    python tools/build_family.py datasets/family --check    compare them with the disk

Three generations, their cities, regions and companies are drawn with one seed; every fact follows
from a few rules, so that a withheld one can be inferred from the others. All names are invented.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SEED = 7
CLANS, COUPLES, COMPANIES = 24, 33, 20
WOMEN = (
    "Ada Anna Berta Clara Dora Edda Elif Emma Flora Frida Greta Hanna Helga Ida Ines Irma Jana "
    "Karin Lena Lotte Maja Marta Mina Nora Olga Paula Petra Rosa Ruth Selma Sofia Thea Tilda Ulla "
    "Vera Wilma Yara Zita"
).split()
MEN = (
    "Adam Anton Aron Bruno Carlo Dario Edgar Emil Farid Felix Franz Georg Hugo Igor Ivan Jakob "
    "Jonas Karl Klaus Leo Levin Linus Lukas Malte Mats Milo Nils Oskar Otto Paul Pavel Rasmus "
    "Simon Sven Theo Tom Viktor Willi"
).split()
SURNAMES = (
    "Amsel Brandt Costa Duval Ekman Fabri Gomez Holm Ivers Jansen Kovac Lund Moreau Novak Olsen "
    "Petri Quist Rossi Sandor Toth Ulmer Vogel Weiss Zeller"
).split()
CITIES = (
    "Altdorf Brenna Corvo Dunmore Elmira Fenwick Garda Halden Istra Jura Kelso Lorne Morwen Neval "
    "Orsay Pilar Quarno Rovan Selby Tarn Umbra Varna Wexley Yarrow"
).split()
REGIONS = "Northmark Southmark Eastvale Westvale Highlands Lowlands".split()
FIRMS = (
    "Acme Borealis Cobalt Deltron Equinox Fathom Granite Helios Iridium Juno Kestrel Lumen "
    "Meridian Nimbus Onyx Pioneer Quartz Rampart Sable Tundra"
).split()
FORMS = "Works Labs Press Mills".split()
GOODS = "clocks boats books glass bicycles lamps paper tools toys maps".split()
HOBBIES = "sings paints swims skates bakes hikes reads cycles knits gardens".split()
WATERS = "river lake coast pass".split()
YEARS = ((1928, 1937), (1956, 1967), (1984, 1997))
RELATIONS = {
    "spouse": "the tail is married to the head",
    "parent": "the tail is the mother or the father of the head",
    "child": "the tail is a son or a daughter of the head",
    "sibling": "the tail has the same parents as the head",
    "grandparent": "the tail is a parent of a parent of the head",
    "uncle_or_aunt": "the tail is a sibling of a parent of the head",
    "lives_in": "the head is a person who lives in the city of the tail",
    "works_for": "the head is a person whom the company of the tail employs",
    "based_in": "the head is a company with its office in the city of the tail",
    "city_in": "the head is a city in the region of the tail",
}

Fact = tuple[str, str, str]


@dataclass
class Person:
    """A person; `parents` is empty in the first generation."""

    name: str
    female: bool
    generation: int
    clan: str
    parents: list[Person] = field(default_factory=list)
    spouse: Person | None = None
    children: list[Person] = field(default_factory=list)
    city: str = ""
    company: str = ""

    def siblings(self) -> list[Person]:
        """The other children of the parents."""
        return [p for p in self.parents[0].children if p is not self] if self.parents else []


class World:
    """Everything that is drawn: people, cities, regions, companies."""

    def __init__(self, seed: int = SEED):
        self.dice = random.Random(seed)
        self.names = {
            female: {clan: self._shuffled(names) for clan in SURNAMES}
            for female, names in ((True, WOMEN), (False, MEN))
        }
        self.region = {city: REGIONS[i % len(REGIONS)] for i, city in enumerate(CITIES)}
        seats = self._shuffled(CITIES)[:COMPANIES]
        self.seat = {f"{firm} {FORMS[i % 4]}": seats[i] for i, firm in enumerate(FIRMS)}
        self.people: list[Person] = []
        self._first_generation()
        self._next_generation(0, 3)
        self._marry()
        self._next_generation(1, 3)
        self._settle()

    def _shuffled(self, items):
        return self.dice.sample(items, len(items))

    def _person(self, female: bool, generation: int, clan: str, parents: list[Person]) -> Person:
        name = f"{self.names[female][clan].pop()} {clan}"
        person = Person(name, female, generation, clan, parents)
        for parent in parents:
            parent.children.append(person)
        self.people.append(person)
        return person

    def _first_generation(self) -> None:
        clans = self._shuffled(SURNAMES)
        for clan, other in zip(clans, clans[1:] + clans[:1]):
            wife, husband = self._person(True, 0, clan, []), self._person(False, 0, other, [])
            wife.spouse, husband.spouse = husband, wife

    def _next_generation(self, generation: int, mean: int) -> None:
        """Gives each couple of a generation ``mean - 1`` to ``mean + 1`` children."""
        wives = [p for p in self.people if p.generation == generation and p.female and p.spouse]
        for wife in wives:
            clan = self.dice.choice((wife, wife.spouse)).clan
            for _ in range(self.dice.randint(mean - 1, mean + 1)):
                female = self.dice.random() < 0.5
                self._person(female, generation + 1, clan, [wife, wife.spouse])

    def _marry(self) -> None:
        second = [p for p in self.people if p.generation == 1]
        women = self._shuffled([p for p in second if p.female])
        men = self._shuffled([p for p in second if not p.female])
        married = 0
        for wife in women:
            free = [m for m in men if not m.spouse and m.parents[0] is not wife.parents[0]]
            if free and married < COUPLES:
                wife.spouse, free[0].spouse = free[0], wife
                married += 1

    def _settle(self) -> None:
        """A couple lives where one of them works; the third generation lives with its parents."""
        companies = list(self.seat)
        for person in self.people:
            if person.generation == 2:
                person.city = person.parents[0].city
            elif not person.city:
                person.company = self.dice.choice(companies)
                person.city = self.seat[person.company]
                if person.spouse:
                    person.spouse.city = person.city
                    if self.dice.random() < 0.5:
                        person.spouse.company = person.company

    def facts(self) -> Iterator[Fact]:
        """All facts, relation by relation within a person."""
        for p in self.people:
            if p.spouse:
                yield p.name, "spouse", p.spouse.name
            kin = {
                "parent": p.parents,
                "child": p.children,
                "sibling": p.siblings(),
                "grandparent": [g for parent in p.parents for g in parent.parents],
                "uncle_or_aunt": [u for parent in p.parents for u in parent.siblings()],
            }
            for relation, others in kin.items():
                yield from ((p.name, relation, other.name) for other in others)
            yield p.name, "lives_in", p.city
            if p.company:
                yield p.name, "works_for", p.company
        yield from ((company, "based_in", city) for company, city in self.seat.items())
        yield from ((city, "city_in", region) for city, region in self.region.items())

    def entities(self) -> Iterator[tuple[str, str, str]]:
        """Name, type and a description that states no fact of the graph."""
        dice = random.Random(f"{SEED}:descriptions")
        for p in self.people:
            born, what = dice.randint(*YEARS[p.generation]), "woman" if p.female else "man"
            yield p.name, "person", f"A {what} born in {born} who {dice.choice(HOBBIES)}."
        for city in CITIES:
            yield (
                city,
                "city",
                f"A city of {dice.randint(8, 90)},000 people by a {dice.choice(WATERS)}.",
            )
        for region in REGIONS:
            yield region, "region", f"A region known for its {dice.choice(GOODS)}."
        for company in self.seat:
            yield company, "company", f"A company that makes {dice.choice(GOODS)}."


def split(facts: list[Fact], seed: int = SEED) -> dict[str, list[Fact]]:
    """Draws a tenth each for valid and test; what they name keeps a fact in train."""
    left = Counter(x for fact in facts for x in fact)
    part = dict.fromkeys(facts, "train")
    wanted = ["valid", "test"] * (len(facts) // 10)
    for fact in random.Random(f"{seed}:split").sample(facts, len(facts)):
        if wanted and all(left[x] > 1 for x in fact):
            left.subtract(fact)
            part[fact] = wanted.pop()
    return {name: [f for f in facts if part[f] == name] for name in ("train", "valid", "test")}


def identifier(name: str) -> str:
    return name.lower().replace(" ", "_")


def files(seed: int = SEED) -> dict[str, str]:
    """File name -> content."""
    world = World(seed)
    facts = [(identifier(h), r, identifier(t)) for h, r, t in world.facts()]
    out = {}
    for part, kept in split(facts, seed).items():
        out[f"{part}.tsv"] = "".join("\t".join(fact) + "\n" for fact in kept)
    rows = ["\t".join((identifier(name), name, *rest)) for name, *rest in world.entities()]
    out["entities.tsv"] = "\n".join(["id\tname\ttype\tdescription", *rows]) + "\n"
    rows = [f"{r}\t{r.replace('_', ' ')}\t{text}" for r, text in RELATIONS.items()]
    out["relations.tsv"] = "\n".join(["id\tname\tdescription", *rows]) + "\n"
    return out


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    arguments = parser.parse_args()
    contents = {arguments.folder / name: text.encode() for name, text in files().items()}
    stale = [p for p, data in contents.items() if not p.is_file() or p.read_bytes() != data]
    if arguments.check:
        print("\n".join(f"{path}: differs from what this script writes" for path in stale))
        return 2 if stale else 0
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for path in stale:
        path.write_bytes(contents[path])
    for path, data in contents.items():
        print(f"{path}: {len(data.splitlines())} lines")
    return 0


if __name__ == "__main__":
    sys.exit(main())
