//! Protocol buffers as Anki's newer packages have them: fields by their numbers, nothing more.

/// The value of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'b> {
    Number(u64),
    Bytes(&'b [u8]),
}

/// The fields of a message, in order, until it ends or makes no sense.
pub fn fields(bytes: &[u8]) -> Vec<(u64, Value<'_>)> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while let Some((field, tail)) = field(rest) {
        rest = tail;
        if let (number, Some(value)) = field {
            out.push((number, value));
        }
    }
    out
}

/// The first text of a field; empty where there is none.
pub fn text(bytes: &[u8], number: u64) -> String {
    let found = fields(bytes).into_iter().find_map(|(other, value)| match value {
        Value::Bytes(bytes) if other == number => Some(bytes),
        _ => None,
    });
    found.map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
}

/// The first number of a field; 0 where there is none.
pub fn number(bytes: &[u8], number: u64) -> u64 {
    let found = fields(bytes).into_iter().find_map(|(other, value)| match value {
        Value::Number(value) if other == number => Some(value),
        _ => None,
    });
    found.unwrap_or(0)
}

type Field<'b> = ((u64, Option<Value<'b>>), &'b [u8]);

fn field(bytes: &[u8]) -> Option<Field<'_>> {
    let (tag, rest) = varint(bytes)?;
    let number = tag >> 3;
    match tag & 7 {
        0 => varint(rest).map(|(value, rest)| ((number, Some(Value::Number(value))), rest)),
        1 => rest.get(8..).map(|rest| ((number, None), rest)),
        2 => {
            let (length, rest) = varint(rest)?;
            let (inside, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
            Some(((number, Some(Value::Bytes(inside))), rest))
        }
        5 => rest.get(4..).map(|rest| ((number, None), rest)),
        _ => None,
    }
}

fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0_u64;
    for (place, byte) in bytes.iter().enumerate().take(10) {
        value |= u64::from(byte & 0x7f) << (7 * place).min(63);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(place + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_and_texts_are_found() {
        let message = [0x08, 0x96, 0x01, 0x12, 0x02, b'h', b'i', 0x1d, 0, 0, 0, 0, 0x20, 0x01];
        assert_eq!((number(&message, 1), text(&message, 2), number(&message, 4)), (150, "hi".into(), 1));
        assert_eq!((number(&message, 9), text(&message, 9)), (0, String::new()));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            fields(&bytes);
        }
    }
}
