//! How topics hang together: what comes before what, what is part of what. No way leads round in a circle.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How one topic stands to another. An edge reads as a sentence: "from is a prerequisite of to", "from is part of to".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EdgeKind {
    Prerequisite,
    PartOf,
}

impl EdgeKind {
    pub const ALL: [EdgeKind; 2] = [EdgeKind::Prerequisite, EdgeKind::PartOf];

    pub const fn name(self) -> &'static str {
        match self {
            EdgeKind::Prerequisite => "prerequisite",
            EdgeKind::PartOf => "part_of",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One edge between two topics, by their ids.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Edge {
    pub from: String,
    pub kind: EdgeKind,
    pub to: String,
}

/// Why an edge cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EdgeProblem {
    Unknown(String),
    /// A topic with itself.
    Itself,
    /// The way that leads from `to` back to `from` already, both ends included.
    Circle(Vec<String>),
}

/// Topics by id and the edges between them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Graph {
    topics: BTreeSet<String>,
    /// By `from`: parts come before wholes, prerequisites before what they are for, so both kinds make one order.
    onward: BTreeMap<String, BTreeSet<(String, EdgeKind)>>,
    back: BTreeMap<String, BTreeSet<(String, EdgeKind)>>,
}

impl Graph {
    pub fn add_topic(&mut self, id: &str) {
        self.topics.insert(id.to_owned());
    }

    pub fn has(&self, id: &str) -> bool {
        self.topics.contains(id)
    }

    pub fn topics(&self) -> impl Iterator<Item = &str> {
        self.topics.iter().map(String::as_str)
    }

    pub fn edges(&self) -> impl Iterator<Item = Edge> {
        self.onward.iter().flat_map(|(from, all)| {
            all.iter().map(|(to, kind)| Edge { from: from.clone(), kind: *kind, to: to.clone() })
        })
    }

    pub fn has_edge(&self, edge: &Edge) -> bool {
        let key = (edge.to.clone(), edge.kind);
        self.onward.get(&edge.from).is_some_and(|all| all.contains(&key))
    }

    /// Adds an edge. Says whether it is new.
    ///
    /// # Errors
    /// When an end is no topic, both are one, or the edge would close a circle; nothing is changed then.
    pub fn add_edge(&mut self, edge: &Edge) -> Result<bool, EdgeProblem> {
        let Edge { from, kind, to } = edge;
        if let Some(id) = [from, to].into_iter().find(|id| !self.topics.contains(*id)) {
            return Err(EdgeProblem::Unknown(id.clone()));
        }
        if from == to {
            return Err(EdgeProblem::Itself);
        }
        if self.has_edge(edge) {
            return Ok(false);
        }
        if let Some(way) = self.way(to, from) {
            return Err(EdgeProblem::Circle(way));
        }
        self.onward.entry(from.clone()).or_default().insert((to.clone(), *kind));
        self.back.entry(to.clone()).or_default().insert((from.clone(), *kind));
        Ok(true)
    }

    /// Takes an edge away. Says whether it was there.
    pub fn remove_edge(&mut self, edge: &Edge) -> bool {
        let gone =
            self.onward.get_mut(&edge.from).is_some_and(|all| all.remove(&(edge.to.clone(), edge.kind)));
        if let Some(all) = self.back.get_mut(&edge.to) {
            all.remove(&(edge.from.clone(), edge.kind));
        }
        gone
    }

    /// The shortest way along edges, both ends included.
    fn way(&self, from: &str, to: &str) -> Option<Vec<String>> {
        let mut came: BTreeMap<&str, &str> = BTreeMap::new();
        let mut next = VecDeque::from([from]);
        while let Some(at) = next.pop_front() {
            if at == to {
                let mut way = vec![at.to_owned()];
                let mut at = at;
                while let Some(before) = came.get(at).filter(|_| at != from) {
                    way.push((*before).to_owned());
                    at = before;
                }
                way.reverse();
                return Some(way);
            }
            for (neighbour, _) in self.onward.get(at).into_iter().flatten() {
                if neighbour != from && !came.contains_key(neighbour.as_str()) {
                    came.insert(neighbour, at);
                    next.push_back(neighbour);
                }
            }
        }
        None
    }

    fn next_to<'g>(
        side: &'g BTreeMap<String, BTreeSet<(String, EdgeKind)>>,
        id: &str,
        kind: EdgeKind,
    ) -> impl Iterator<Item = &'g str> {
        side.get(id).into_iter().flatten().filter(move |(_, is)| *is == kind).map(|(other, _)| other.as_str())
    }

    /// Topics at the other end of edges from this one.
    pub fn targets(&self, id: &str, kind: EdgeKind) -> impl Iterator<Item = &str> {
        Self::next_to(&self.onward, id, kind)
    }

    /// Topics at the other end of edges to this one.
    pub fn sources(&self, id: &str, kind: EdgeKind) -> impl Iterator<Item = &str> {
        Self::next_to(&self.back, id, kind)
    }

    /// All this topic is part of, near first, each with how many steps away it is.
    pub fn wholes(&self, id: &str) -> Vec<(String, u32)> {
        self.reach(id, |at| self.targets(at, EdgeKind::PartOf).map(str::to_owned).collect())
    }

    /// All that is part of this topic, near first.
    pub fn parts(&self, id: &str) -> Vec<(String, u32)> {
        self.reach(id, |at| self.sources(at, EdgeKind::PartOf).map(str::to_owned).collect())
    }

    fn reach(&self, id: &str, step: impl Fn(&str) -> Vec<String>) -> Vec<(String, u32)> {
        let mut found: Vec<(String, u32)> = Vec::new();
        let mut seen = BTreeSet::from([id.to_owned()]);
        let mut next = VecDeque::from([(id.to_owned(), 0)]);
        while let Some((at, steps)) = next.pop_front() {
            for other in step(&at) {
                if seen.insert(other.clone()) {
                    found.push((other.clone(), steps + 1));
                    next.push_back((other, steps + 1));
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn edge(from: &str, kind: EdgeKind, to: &str) -> Edge {
        Edge { from: from.into(), kind, to: to.into() }
    }

    fn graph(edges: &[(&str, EdgeKind, &str)]) -> Graph {
        let mut graph = Graph::default();
        for (from, kind, to) in edges {
            graph.add_topic(from);
            graph.add_topic(to);
            assert_eq!(graph.add_edge(&edge(from, *kind, to)), Ok(true));
        }
        graph
    }

    use EdgeKind::{PartOf, Prerequisite};

    #[test]
    fn an_edge_that_closes_a_circle_is_refused_with_the_way_round() {
        let mut graph = graph(&[("a", Prerequisite, "b"), ("b", PartOf, "c"), ("c", Prerequisite, "d")]);
        let before = graph.clone();
        let circle = graph.add_edge(&edge("d", Prerequisite, "a"));
        let way = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        assert_eq!(circle, Err(EdgeProblem::Circle(way)));
        assert_eq!(
            graph.add_edge(&edge("b", PartOf, "a")),
            Err(EdgeProblem::Circle(vec!["a".into(), "b".into()]))
        );
        assert_eq!(graph.add_edge(&edge("a", PartOf, "a")), Err(EdgeProblem::Itself));
        assert_eq!(graph.add_edge(&edge("a", PartOf, "z")), Err(EdgeProblem::Unknown("z".into())));
        assert_eq!(graph.add_edge(&edge("a", Prerequisite, "b")), Ok(false), "there already");
        assert_eq!(graph, before);
        assert!(graph.remove_edge(&edge("b", PartOf, "c")));
        assert!(!graph.remove_edge(&edge("b", PartOf, "c")));
        assert_eq!(graph.add_edge(&edge("d", Prerequisite, "a")), Ok(true));
    }

    #[test]
    fn wholes_and_parts_are_found_through_all_steps_and_prerequisites_are_no_parts() {
        let graph = graph(&[
            ("lens", PartOf, "optics"),
            ("optics", PartOf, "physics"),
            ("lens", PartOf, "camera"),
            ("light", Prerequisite, "lens"),
        ]);
        let wholes =
            |id| graph.wholes(id).into_iter().map(|(id, steps)| format!("{id} {steps}")).collect::<Vec<_>>();
        assert_eq!(wholes("lens"), ["camera 1", "optics 1", "physics 2"]);
        assert!(wholes("light").is_empty());
        let parts: Vec<String> = graph.parts("physics").into_iter().map(|(id, _)| id).collect();
        assert_eq!(parts, ["optics", "lens"]);
        assert_eq!(graph.sources("lens", Prerequisite).collect::<Vec<_>>(), ["light"]);
    }

    /// Whether any way leads round: by removing topics that nothing leads to (Kahn 1962).
    fn has_circle(graph: &Graph) -> bool {
        let mut edges: Vec<Edge> = graph.edges().collect();
        loop {
            let targets: BTreeSet<String> = edges.iter().map(|edge| edge.to.clone()).collect();
            let before = edges.len();
            edges.retain(|edge| targets.contains(&edge.from));
            if edges.is_empty() {
                return false;
            }
            if edges.len() == before {
                return true;
            }
        }
    }

    proptest! {
        /// Whatever is added and taken away in whatever order, no circle is ever there, and what is refused would be one.
        #[test]
        fn no_way_ever_leads_round(moves in proptest::collection::vec((0..8u8, 0..8u8, any::<bool>(), 0..5u8), 0..80)) {
            let mut graph = Graph::default();
            for n in 0..8 {
                graph.add_topic(&n.to_string());
            }
            for (from, to, part, what) in moves {
                let kind = if part { PartOf } else { Prerequisite };
                let edge = edge(&from.to_string(), kind, &to.to_string());
                if what == 0 {
                    graph.remove_edge(&edge);
                } else if let Err(EdgeProblem::Circle(way)) = graph.add_edge(&edge) {
                    prop_assert_eq!((way.first(), way.last()), (Some(&edge.to), Some(&edge.from)));
                    let there = |pair: &[String]| graph.edges().any(|e| e.from == pair[0] && e.to == pair[1]);
                    prop_assert!(way.windows(2).all(there), "{:?}", way);
                }
                prop_assert!(!has_circle(&graph));
            }
            let again = graph.edges().fold(graph.clone(), |mut graph, edge| {
                assert_eq!(graph.add_edge(&edge), Ok(false));
                graph
            });
            prop_assert_eq!(again, graph);
        }
    }
}
