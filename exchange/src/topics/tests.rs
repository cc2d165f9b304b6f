//! Files of topics, good and odd.

use super::*;
use proptest::prelude::*;

fn read_alone(text: &str) -> TopicImport {
    read(text.as_bytes(), None, &Graph::default(), &HashMap::new()).unwrap()
}

fn said(import: &TopicImport) -> Vec<String> {
    import.edges.iter().map(|edge| format!("{} {} {}", edge.from, edge.kind.name(), edge.to)).collect()
}

#[test]
fn a_table_of_topics_names_what_each_is_part_of_and_needs() {
    let import = read_alone(
        "id,name,name:it,part_of,prerequisites\n\
         optics,Optics,Ottica,,\n\
         light,Light & colour,Luce,optics,\n\
         ,Thin lenses,,Optics,light | Light & colour\n",
    );
    let ids: Vec<&str> = import.topics.iter().map(|topic| topic.id.as_str()).collect();
    assert_eq!(ids, ["optics", "light", "thin-lenses"]);
    assert_eq!(import.topics[1].names["it"], "Luce");
    assert_eq!(
        said(&import),
        ["light part_of optics", "thin-lenses part_of optics", "light prerequisite thin-lenses"]
    );
    assert_eq!(import.losses, []);
}

#[test]
fn a_table_of_edges_makes_the_topics_it_speaks_of() {
    let import = read_alone("from;kind;to\nÉlan vital;part_of;Biology\nBiology;requires;chemistry\n");
    let names: Vec<(&str, Option<&String>)> =
        import.topics.iter().map(|topic| (topic.id.as_str(), topic.names.get("en"))).collect();
    let (vital, biology) = ("Élan vital".to_owned(), "Biology".to_owned());
    assert_eq!(names, [("elan-vital", Some(&vital)), ("biology", Some(&biology)), ("chemistry", None)]);
    assert_eq!(said(&import), ["elan-vital part_of biology", "chemistry prerequisite biology"]);
}

#[test]
fn one_odd_row_never_stops_the_rest_and_each_is_told_with_its_line() {
    let import = read_alone(
        "id,name,shoe size,part_of\n\
         a,A,41,\n\
         ,\u{645}\u{627}\u{621},,\n\
         b,B,,a\n\
         c,C,,nowhere\n\
         d,\"D,,\n\
         a,Another A,,b\n\
         e,E,,e\n\
         f,F,,b\n",
    );
    let told: Vec<(Option<u32>, &str)> =
        import.losses.iter().map(|loss| (loss.line, loss.reason.as_str())).collect();
    let starts: Vec<(u32, &str)> = vec![
        (1, "the column is left out"),
        (3, "the topic is left out: it needs an id"),
        (5, "the edge is left out: there is no topic “nowhere”"),
        (6, "the row is left out: a quote is not closed"),
        (7, "a second name in en is left out: it is “A” already"),
        (7, "the edge is left out: it would close a circle, b → a"),
        (8, "the edge is left out: both ends are one topic"),
    ];
    assert_eq!(told.len(), starts.len(), "{told:#?}");
    for ((line, reason), (wanted, start)) in told.iter().zip(starts) {
        assert!(
            *line == Some(wanted) && reason.starts_with(start),
            "{line:?} {reason}, not {wanted} {start}"
        );
    }
    assert_eq!(said(&import), ["b part_of a", "f part_of b"]);
    assert_eq!(import.topics.len(), 5);
}

#[test]
fn json_is_read_with_lines_and_circles_are_shown() {
    let import = read_alone(
        r#"{
  "topics": [
    {"id": "a", "names": {"en": "A", "it-IT": "La A", "klingon!": "?"}},
    {"id": "b", "prerequisites": ["a"]},
    {"name": "Topic C", "part_of": ["b"]},
    17
  ],
  "edges": [
    {"from": "topic-c", "kind": "prerequisite", "to": "a"},
    {"from": "a", "kind": "resembles", "to": "b"},
    {"from": "a"}
  ]
}"#,
    );
    assert_eq!(said(&import), ["a prerequisite b", "topic-c part_of b", "topic-c prerequisite a"]);
    let lines: Vec<Option<u32>> = import.losses.iter().map(|loss| loss.line).collect();
    assert_eq!(lines, [Some(3), Some(6), Some(10), Some(11)]);
    let around = read_alone(
        r#"[{"id":"a","prerequisites":["c"]},{"id":"b","prerequisites":["a"]},{"id":"c","prerequisites":["b"]}]"#,
    );
    assert_eq!(around.losses[0].reason, "the edge is left out: it would close a circle, c → a → b");
    let error = read(b"{\n \"topics\": [\n }", None, &Graph::default(), &HashMap::new());
    assert!(matches!(error, Err(ReadError::Broken { line: 3, .. })), "{error:?}");
}

#[test]
fn ends_of_edges_are_found_among_what_is_there_by_id_and_by_name() {
    let mut graph = Graph::default();
    graph.add_topic("optics");
    graph.add_topic("waves");
    graph
        .add_edge(&Edge { from: "waves".into(), kind: EdgeKind::Prerequisite, to: "optics".into() })
        .unwrap();
    let known = HashMap::from([("light and seeing".to_owned(), "optics".to_owned())]);
    let table = "id,part_of,prerequisites\nlens,Light and seeing,\nwaves,,optics\n";
    let import = read(table.as_bytes(), None, &graph, &known).unwrap();
    assert_eq!(said(&import), ["lens part_of optics"]);
    assert_eq!(import.losses[0].reason, "the edge is left out: it would close a circle, waves → optics");
}

fn topics() -> impl Strategy<Value = (Vec<Topic>, Vec<Edge>)> {
    let name = "[A-Za-z\u{e0}\u{645},;\"' |&-]{0,12}[a-z]";
    let names = proptest::collection::btree_map(proptest::sample::select(vec!["en", "it", "ar"]), name, 0..3);
    let edge = (0..10_usize, 0..10_usize, any::<bool>());
    (proptest::collection::vec(names, 10), proptest::collection::vec(edge, 0..25)).prop_map(
        |(names, edges)| {
            let id = |n: usize| format!("t{n}");
            let topics = names.into_iter().enumerate().map(|(n, names)| Topic {
                id: id(n),
                // Each its own name: names find topics.
                names: names
                    .into_iter()
                    .map(|(l, name)| (l.to_owned(), format!("{n} {}", name.trim())))
                    .collect(),
            });
            let mut graph = Graph::default();
            (0..10).for_each(|n| graph.add_topic(&id(n)));
            for (from, to, part) in edges {
                let kind = if part { EdgeKind::PartOf } else { EdgeKind::Prerequisite };
                // What cannot be is left out.
                let _ = graph.add_edge(&Edge { from: id(from), kind, to: id(to) });
            }
            (topics.collect(), graph.edges().collect())
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_is_read_again_equal((topics, edges) in topics()) {
        for format in TopicFormat::ALL {
            let bytes = write(&topics, &edges, format);
            let again = read(&bytes, Some(format), &Graph::default(), &HashMap::new()).unwrap();
            prop_assert_eq!(&again.losses, &vec![]);
            prop_assert_eq!(&again.topics, &topics);
            let (mut back, mut there) = (again.edges, edges.clone());
            back.sort();
            there.sort();
            prop_assert_eq!(back, there);
        }
    }

    #[test]
    fn an_id_made_of_any_name_is_an_id_or_nothing(name in "\\PC{0,60}") {
        let id = slug(&name);
        prop_assert!(id.is_empty() || TopicId::parse(&id).is_ok(), "{}", id);
    }
}
