//! Where a step goes among the steps of its playlist: pure, so that edits of several people and devices can be tried out in
//! every order. Keeping it is the store's matter, what a step looks like `http::playlist`'s.
//!
//! An edit says what it is about, never how the whole list should look: "put this after that". So two lists that differ
//! lose nothing to each other, and steps that were taken out keep their places for those who have not heard of it.

/// Room between two steps that were added one after the other.
const STRIDE: i64 = 1 << 32;

/// A step that is there, and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    pub id: String,
    pub place: i64,
}

/// Where a step is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target<'t> {
    First,
    /// Right after this one; last where that one is no more.
    After(&'t str),
    Last,
}

/// The place of a step that goes to `target`, and the steps that have to move to make room for it, which is seldom.
/// `steps`: in their order, those that were taken out too. A step that is to go after itself stays.
pub fn place_for(steps: &[Placed], moving: &str, target: Target<'_>) -> (i64, Vec<Placed>) {
    if target == Target::After(moving)
        && let Some(own) = steps.iter().find(|step| step.id == moving)
    {
        return (own.place, Vec::new());
    }
    let others: Vec<&Placed> = steps.iter().filter(|step| step.id != moving).collect();
    let at = match target {
        Target::First => 0,
        Target::Last => others.len(),
        Target::After(id) => others.iter().position(|step| step.id == id).map_or(others.len(), |at| at + 1),
    };
    let before = at.checked_sub(1).and_then(|at| others.get(at)).map(|step| step.place);
    let after = others.get(at).map(|step| step.place);
    if let Some(place) = between(before, after) {
        return (place, Vec::new());
    }
    // No room: all get new places, with room before and after.
    let numbered = (0..).map(|n: i64| n * STRIDE);
    let mut moved = Vec::new();
    let mut own = 0;
    for (n, place) in (0..=others.len()).zip(numbered) {
        match n.cmp(&at) {
            std::cmp::Ordering::Equal => own = place,
            side => {
                let index = if side.is_lt() { n } else { n - 1 };
                if let Some(step) = others.get(index).filter(|step| step.place != place) {
                    moved.push(Placed { id: step.id.clone(), place });
                }
            }
        }
    }
    (own, moved)
}

/// A place between two; none where there is no room.
fn between(before: Option<i64>, after: Option<i64>) -> Option<i64> {
    match (before, after) {
        (None, None) => Some(0),
        (Some(before), None) => before.checked_add(STRIDE),
        (None, Some(after)) => after.checked_sub(STRIDE),
        (Some(before), Some(after)) => {
            let gap = after.checked_sub(before)?;
            (gap >= 2).then(|| before + gap / 2)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The list as the server keeps it.
    #[derive(Debug, Clone, Default)]
    struct Kept(Vec<Placed>);

    impl Kept {
        fn put(&mut self, id: &str, target: Target<'_>) {
            let (place, moved) = place_for(&self.0, id, target);
            for moved in moved {
                if let Some(step) = self.0.iter_mut().find(|step| step.id == moved.id) {
                    step.place = moved.place;
                }
            }
            self.0.retain(|step| step.id != id);
            self.0.push(Placed { id: id.into(), place });
            self.0.sort_by(|a, b| (a.place, &a.id).cmp(&(b.place, &b.id)));
        }

        fn ids(&self) -> Vec<&str> {
            self.0.iter().map(|step| step.id.as_str()).collect()
        }
    }

    #[test]
    fn steps_go_first_last_and_after_each_other() {
        let mut kept = Kept::default();
        for id in ["a", "b", "c"] {
            kept.put(id, Target::Last);
        }
        kept.put("d", Target::After("a"));
        kept.put("c", Target::First);
        assert_eq!(kept.ids(), ["c", "a", "d", "b"]);
        kept.put("a", Target::After("a"));
        kept.put("e", Target::After("gone"));
        assert_eq!(kept.ids(), ["c", "a", "d", "b", "e"]);
    }

    #[test]
    fn there_is_always_room_however_often_the_same_gap_is_filled() {
        let mut kept = Kept::default();
        kept.put("a", Target::Last);
        kept.put("z", Target::Last);
        for n in 0..200 {
            kept.put(&format!("n{n:03}"), Target::After("a"));
        }
        assert_eq!(kept.0.len(), 202);
        assert_eq!((kept.ids()[0], kept.ids()[1], kept.ids()[201]), ("a", "n199", "z"));
    }

    #[derive(Debug, Clone)]
    enum Edit {
        Add { id: u8, after: Option<u8> },
        Move { id: u8, after: Option<u8> },
    }

    fn edits() -> impl Strategy<Value = Vec<Edit>> {
        let edit = prop_oneof![
            (0u8..12, proptest::option::of(0u8..12)).prop_map(|(id, after)| Edit::Add { id, after }),
            (0u8..12, proptest::option::of(0u8..12)).prop_map(|(id, after)| Edit::Move { id, after }),
        ];
        proptest::collection::vec(edit, 0..40)
    }

    fn apply(kept: &mut Kept, device: &str, edit: &Edit) {
        let name = |id: u8| format!("{device}{id}");
        let (id, after, is_new) = match edit {
            Edit::Add { id, after } => (name(*id), after, true),
            Edit::Move { id, after } => (name(*id), after, false),
        };
        let is_there = kept.0.iter().any(|step| step.id == id);
        if is_new == is_there {
            return;
        }
        // Either device may put a step after any of the other's.
        let anchor = after.map(|after| if after % 2 == 0 { name(after) } else { format!("b{after}") });
        let target = match &anchor {
            None => Target::First,
            Some(anchor) => Target::After(anchor),
        };
        let stood: Vec<String> =
            kept.ids().iter().filter(|other| **other != id).map(|id| (*id).to_owned()).collect();
        kept.put(&id, target);
        let stands: Vec<&str> = kept.ids().into_iter().filter(|other| *other != id).collect();
        assert_eq!(stands, stood, "the others keep their order");
        let at = kept.ids().iter().position(|step| *step == id).unwrap();
        if let Some(anchor) = anchor.filter(|anchor| stood.contains(anchor)) {
            assert_eq!(kept.ids()[at - 1], anchor, "it stands where it was put");
        }
    }

    proptest! {
        #[test]
        fn edits_of_two_devices_in_any_order_lose_and_double_no_step(a in edits(), b in edits(), mix: Vec<bool>) {
            let mut kept = Kept::default();
            let (mut ours, mut theirs) = (a.iter(), b.iter());
            let mut turns = mix.iter().copied().chain(std::iter::repeat(true));
            let mut added = std::collections::BTreeSet::new();
            loop {
                let next = if turns.next() == Some(true) {
                    ours.next().map(|e| ("a", e)).or_else(|| theirs.next().map(|e| ("b", e)))
                } else {
                    theirs.next().map(|e| ("b", e)).or_else(|| ours.next().map(|e| ("a", e)))
                };
                let Some((device, edit)) = next else { break };
                apply(&mut kept, device, edit);
                if let Edit::Add { id, .. } = edit {
                    added.insert(format!("{device}{id}"));
                }
            }
            let mut there: Vec<&str> = kept.ids();
            there.sort_unstable();
            prop_assert_eq!(there, added.iter().map(String::as_str).collect::<Vec<_>>());
            let places: std::collections::BTreeSet<i64> = kept.0.iter().map(|step| step.place).collect();
            prop_assert_eq!(places.len(), kept.0.len(), "each has a place of its own");
        }

        #[test]
        fn places_at_the_ends_of_all_numbers_are_no_trouble(places in proptest::collection::btree_set(prop_oneof![
            any::<i64>(), Just(i64::MIN), Just(i64::MAX), Just(i64::MAX - 1)], 0..8), at in 0usize..9) {
            let mut kept = Kept(places.into_iter().enumerate().map(|(n, place)| Placed { id: format!("s{n}"), place }).collect());
            let mut wanted: Vec<String> = kept.ids().into_iter().map(str::to_owned).collect();
            let at = at.min(wanted.len());
            let anchor = at.checked_sub(1).map(|at| wanted[at].clone());
            kept.put("new", anchor.as_deref().map_or(Target::First, Target::After));
            wanted.insert(at, "new".into());
            prop_assert_eq!(kept.ids(), wanted);
        }
    }
}
