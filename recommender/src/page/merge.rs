//! Candidates of many sources in one pool: each source gives its best in turn, as many as its share, and a clip that several
//! sources name stands once and remembers all of them.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where a candidate comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Due to be brought back to mind: may be shown again.
    Review,
    /// What came next for others.
    Transitions,
    /// The models of interest.
    Interest,
    /// Like what was taken up, by content.
    Content,
    Following,
    Circle,
    /// New on the site.
    Fresh,
    /// A topic drawn to be tried out.
    Exploration,
    /// What many take up.
    Popular,
}

/// What one source proposes, best first, and how many it should get in before others get more.
#[derive(Clone, Debug)]
pub struct Proposal {
    pub source: Source,
    pub share: usize,
    pub clips: Vec<u32>,
}

/// A candidate and its sources, ascending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub clip: u32,
    pub sources: Vec<Source>,
}

/// Up to `room` candidates. In a round each source adds up to its share of clips not yet in; rounds go on while any has more.
/// `may_show(clip, is_review)` is asked of each clip a source names: what was had, is muted or was deleted is refused there.
#[must_use]
pub fn merge(proposals: &[Proposal], room: usize, may_show: impl Fn(u32, bool) -> bool) -> Vec<Found> {
    let (mut found, mut places): (Vec<Found>, BTreeMap<u32, usize>) = (Vec::new(), BTreeMap::new());
    let mut left: Vec<_> = proposals.iter().map(|one| one.clips.iter().copied().peekable()).collect();
    loop {
        let mut went_on = false;
        for (proposal, left) in proposals.iter().zip(&mut left) {
            let mut added = 0;
            while added < proposal.share.max(1) {
                let Some(clip) = left.next() else { break };
                went_on = true;
                if !may_show(clip, proposal.source == Source::Review) {
                    continue;
                }
                if let Some(one) = places.get(&clip).and_then(|place| found.get_mut(*place)) {
                    if let Err(at) = one.sources.binary_search(&proposal.source) {
                        one.sources.insert(at, proposal.source);
                    }
                } else if found.len() < room {
                    places.insert(clip, found.len());
                    found.push(Found { clip, sources: vec![proposal.source] });
                    added += 1;
                }
            }
        }
        if !went_on {
            return found;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_proposals() -> impl Strategy<Value = Vec<Proposal>> {
        let sources = [Source::Review, Source::Interest, Source::Fresh, Source::Popular];
        prop::collection::vec((0_usize..4, 0_usize..6, prop::collection::vec(0_u32..50, 0..40)), 0..6)
            .prop_map(move |all| {
                all.into_iter()
                    .map(|(source, share, clips)| Proposal { source: sources[source], share, clips })
                    .collect()
            })
    }

    proptest! {
        #[test]
        fn each_clip_stands_once_with_all_its_sources_and_nothing_refused_is_in(
            proposals in any_proposals(), room in 0_usize..40
        ) {
            let found = merge(&proposals, room, |clip, is_review| !clip.is_multiple_of(7) || is_review);
            prop_assert!(found.len() <= room);
            for one in &found {
                prop_assert_eq!(found.iter().filter(|other| other.clip == one.clip).count(), 1);
                prop_assert!(!one.clip.is_multiple_of(7) || one.sources.contains(&Source::Review));
                let may = |source| !one.clip.is_multiple_of(7) || source == Source::Review;
                let named = proposals.iter().filter(|p| p.clips.contains(&one.clip) && may(p.source));
                let mut named: Vec<Source> = named.map(|p| p.source).collect();
                named.sort_unstable();
                named.dedup();
                prop_assert_eq!(&one.sources, &named);
            }
        }
    }

    #[test]
    fn no_source_crowds_the_others_out() {
        let many = Proposal { source: Source::Popular, share: 2, clips: (0..1_000).collect() };
        let few = Proposal { source: Source::Fresh, share: 1, clips: (5_000..5_010).collect() };
        let found = merge(&[many, few], 15, |_, _| true);
        assert_eq!(found.iter().filter(|one| one.sources == [Source::Fresh]).count(), 5);
    }
}
