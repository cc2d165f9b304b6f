//! Guess first: now and then a clip's question is asked before the clip. Trying before being taught helps to learn (Kornell,
//! Hays & Bjork 2009; Richland, Kornell & Kao 2009), and tells its author what learners knew before.

/// One clip in so many is asked about first.
const ONE_IN: u64 = 10;

/// Whether this learner is asked before this clip: the same for the same two, whatever device and day, so that those who are
/// asked before are a fair sample of all.
pub fn asks_first(person: &str, clip: &str) -> bool {
    let bytes = person.bytes().chain([0]).chain(clip.bytes());
    // FNV-1a, then SplitMix64's output function: FNV's low bits alone are not even.
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let z = (hash ^ (hash >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (z ^ (z >> 31)).is_multiple_of(ONE_IN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_in_ten_is_asked_first_of_each_learner_and_of_each_clip() {
        let share = |pairs: &mut dyn Iterator<Item = (String, String)>| {
            let (mut asked, mut all) = (0, 0);
            for (person, clip) in pairs {
                asked += u32::from(asks_first(&person, &clip));
                all += 1;
            }
            f64::from(asked) / f64::from(all)
        };
        let id = |n: u32| format!("01ARZ3NDEKTSV4RRFFQ69G{n:04}");
        for fixed in 0..5 {
            let of_learner = share(&mut (0..5_000).map(|n| (id(fixed), id(n))));
            let of_clip = share(&mut (0..5_000).map(|n| (id(n), id(fixed))));
            assert!((0.08..0.12).contains(&of_learner), "{of_learner}");
            assert!((0.08..0.12).contains(&of_clip), "{of_clip}");
        }
        assert_eq!(asks_first("a", "b"), asks_first("a", "b"));
    }
}
