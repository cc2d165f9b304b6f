//! A deserializer that reads types from a tree of JSON.

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value, map};
use std::fmt::{self, Display};
use std::slice;

/// Text that is not what was expected. It says no more: the server's answers are checked by its own tests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unfit;

impl Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not of the expected form")
    }
}

impl std::error::Error for Unfit {}

impl de::Error for Unfit {
    fn custom<T: Display>(_: T) -> Self {
        Unfit
    }

    fn missing_field(_: &'static str) -> Self {
        Unfit
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Unfit
    }

    fn invalid_type(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Unfit
    }

    fn invalid_value(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Unfit
    }

    fn invalid_length(_: usize, _: &dyn de::Expected) -> Self {
        Unfit
    }

    fn duplicate_field(_: &'static str) -> Self {
        Unfit
    }
}

/// One place of the tree.
pub struct Node<'de>(pub &'de Value);

/// Each method takes only what the type asks for: the visitor's other ways are then never compiled.
impl<'de> Deserializer<'de> for Node<'de> {
    type Error = Unfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(_) => number(self.0, visitor),
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(items) => visitor.visit_seq(Items(items.iter())),
            Value::Object(fields) => visitor.visit_map(Fields::of(fields)),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.0.as_bool().ok_or(Unfit).and_then(|value| visitor.visit_bool(value))
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.0.as_i64().ok_or(Unfit).and_then(|value| visitor.visit_i64(value))
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.0.as_u64().ok_or(Unfit).and_then(|value| visitor.visit_u64(value))
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.0.as_f64().ok_or(Unfit).and_then(|value| visitor.visit_f64(value))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.0.as_str().ok_or(Unfit).and_then(|text| visitor.visit_borrowed_str(text))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.0.as_array().ok_or(Unfit).and_then(|items| visitor.visit_seq(Items(items.iter())))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.0.as_object().ok_or(Unfit).and_then(|fields| visitor.visit_map(Fields::of(fields)))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        match self.0 {
            Value::String(name) => {
                visitor.visit_enum(IntoDeserializer::<Unfit>::into_deserializer(name.as_str()))
            }
            Value::Object(fields) => {
                let (name, inside) = fields.iter().next().ok_or(Unfit)?;
                visitor.visit_enum(Variant(name, inside))
            }
            _ => Err(Unfit),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { i8 i16 u16 f32 char bytes byte_buf unit unit_struct tuple tuple_struct }
}

fn number<'de, V: Visitor<'de>>(value: &Value, visitor: V) -> Result<V::Value, Unfit> {
    match (value.as_u64(), value.as_i64()) {
        (Some(value), _) => visitor.visit_u64(value),
        (None, Some(value)) => visitor.visit_i64(value),
        (None, None) => visitor.visit_f64(value.as_f64().unwrap_or_default()),
    }
}

struct Items<'de>(slice::Iter<'de, Value>);

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Unfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Unfit> {
        self.0.next().map(|item| seed.deserialize(Node(item))).transpose()
    }
}

struct Fields<'de> {
    rest: map::Iter<'de>,
    value: Option<&'de Value>,
}

impl<'de> Fields<'de> {
    fn of(fields: &'de Map<String, Value>) -> Self {
        Self { rest: fields.iter(), value: None }
    }

    #[inline(never)]
    fn next(&mut self) -> Option<&'de str> {
        let (name, value) = self.rest.next()?;
        self.value = Some(value);
        Some(name)
    }
}

impl<'de> MapAccess<'de> for Fields<'de> {
    type Error = Unfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unfit> {
        self.next().map(|name| seed.deserialize(de::value::BorrowedStrDeserializer::new(name))).transpose()
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Unfit> {
        seed.deserialize(Node(self.value.ok_or(Unfit)?))
    }
}

/// `{"name": inside}`.
struct Variant<'de>(&'de str, &'de Value);

impl<'de> de::EnumAccess<'de> for Variant<'de> {
    type Error = Unfit;
    type Variant = Inside<'de>;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Inside<'de>), Unfit> {
        let name = StrDeserializer::<Unfit>::new(self.0);
        Ok((seed.deserialize(name)?, Inside(self.1)))
    }
}

struct Inside<'de>(&'de Value);

impl<'de> de::VariantAccess<'de> for Inside<'de> {
    type Error = Unfit;

    fn unit_variant(self) -> Result<(), Unfit> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Unfit> {
        seed.deserialize(Node(self.0))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unfit> {
        Node(self.0).deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        Node(self.0).deserialize_map(visitor)
    }
}
