//! Opaque names and the numbers the library knows them by.

use std::collections::HashMap;

/// Names and their places, in order of appearance.
#[derive(Default)]
pub struct Names {
    pub of: Vec<String>,
    pub places: HashMap<String, u32>,
}

impl Names {
    pub fn place(&mut self, name: &str) -> u32 {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        let place = self.of.len() as u32;
        self.of.push(name.to_owned());
        self.places.insert(name.to_owned(), place);
        place
    }
}
