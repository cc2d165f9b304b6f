//! Arithmetic of one variable for drawn curves: `exp(-x/2)*sin(3*x)`. Compiled once, evaluated often.

#[derive(Debug, Clone)]
pub enum Formula {
    Number(f32),
    X,
    Neg(Box<Formula>),
    Pair(char, Box<Formula>, Box<Formula>),
    Call(Function, Box<Formula>),
}

#[derive(Debug, Clone, Copy)]
pub enum Function {
    Sin,
    Cos,
    Exp,
    Ln,
    Sqrt,
    Abs,
    Step,
}

impl Formula {
    /// None where the text is not a formula.
    pub fn parse(text: &str) -> Option<Self> {
        let tokens: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
        let mut reader = Reader { tokens, at: 0 };
        let out = reader.sum()?;
        (reader.at == reader.tokens.len()).then_some(out)
    }

    pub fn at(&self, x: f32) -> f32 {
        match self {
            Self::Number(n) => *n,
            Self::X => x,
            Self::Neg(a) => -a.at(x),
            Self::Pair(op, a, b) => {
                let (a, b) = (a.at(x), b.at(x));
                match op {
                    '+' => a + b,
                    '-' => a - b,
                    '*' => a * b,
                    '/' => a / b,
                    _ => a.powf(b),
                }
            }
            Self::Call(f, a) => {
                let a = a.at(x);
                match f {
                    Function::Sin => a.sin(),
                    Function::Cos => a.cos(),
                    Function::Exp => a.exp(),
                    Function::Ln => a.ln(),
                    Function::Sqrt => a.sqrt(),
                    Function::Abs => a.abs(),
                    Function::Step => f32::from(u8::from(a >= 0.0)),
                }
            }
        }
    }
}

struct Reader {
    tokens: Vec<char>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.tokens.get(self.at).copied()
    }

    fn sum(&mut self) -> Option<Formula> {
        let mut left = self.product()?;
        while let Some(op @ ('+' | '-')) = self.peek() {
            self.at += 1;
            left = Formula::Pair(op, Box::new(left), Box::new(self.product()?));
        }
        Some(left)
    }

    fn product(&mut self) -> Option<Formula> {
        let mut left = self.power()?;
        while let Some(op @ ('*' | '/')) = self.peek() {
            self.at += 1;
            left = Formula::Pair(op, Box::new(left), Box::new(self.power()?));
        }
        Some(left)
    }

    fn power(&mut self) -> Option<Formula> {
        if self.peek() == Some('-') {
            self.at += 1;
            return Some(Formula::Neg(Box::new(self.power()?)));
        }
        let base = self.atom()?;
        if self.peek() == Some('^') {
            self.at += 1;
            return Some(Formula::Pair('^', Box::new(base), Box::new(self.power()?)));
        }
        Some(base)
    }

    fn atom(&mut self) -> Option<Formula> {
        let c = self.peek()?;
        if c == '(' {
            self.at += 1;
            let inner = self.sum()?;
            (self.peek() == Some(')')).then(|| self.at += 1)?;
            return Some(inner);
        }
        let mut word = String::new();
        let kind = |c: char| c.is_ascii_digit() || c == '.';
        let number = kind(c);
        while let Some(c) = self.peek() {
            if kind(c) != number || !(c.is_ascii_alphanumeric() || c == '.') {
                break;
            }
            word.push(c);
            self.at += 1;
        }
        if number {
            return word.parse().ok().map(Formula::Number);
        }
        let function = match word.as_str() {
            "x" => return Some(Formula::X),
            "pi" => return Some(Formula::Number(std::f32::consts::PI)),
            "sin" => Function::Sin,
            "cos" => Function::Cos,
            "exp" => Function::Exp,
            "ln" => Function::Ln,
            "sqrt" => Function::Sqrt,
            "abs" => Function::Abs,
            "step" => Function::Step,
            _ => return None,
        };
        (self.peek() == Some('(')).then_some(())?;
        Some(Formula::Call(function, Box::new(self.atom()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_follow_the_usual_precedence() {
        let at = |text: &str, x: f32| Formula::parse(text).unwrap().at(x);
        assert_eq!(at("1+2*x^2", 3.0), 19.0);
        assert_eq!(at("-x^2", 3.0), -9.0);
        assert_eq!(at("(1+x)/2", 3.0), 2.0);
        assert!((at("exp(-x)*cos(0)", 1.0) - (-1f32).exp()).abs() < 1e-6);
    }

    #[test]
    fn what_is_no_formula_is_refused() {
        for text in ["", "1+", "foo(x)", "(x", "x)"] {
            assert!(Formula::parse(text).is_none(), "{text}");
        }
    }
}
