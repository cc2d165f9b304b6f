//! What the commands of TeX are in Unicode, and which signs have a small form. Tables; nothing is put together here.

use super::parts::Kind;

/// What a sign is to those beside it.
pub fn kind_of(sign: char) -> Kind {
    match sign {
        '=' | '<' | '>' | '≤' | '≥' | '≠' | '≈' | '≡' | '∼' | '≃' | '≅' | '∝' | '≪' | '≫' | '→' | '←'
        | '↔' | '⇒' | '⇐' | '⇔' | '↦' | '⟶' | '⟹' | '⟺' | '⇌' | '∈' | '∉' | '∋' | '⊂' | '⊆' | '⊃' | '⊇'
        | '⊥' | '∥' | '∣' | '⊢' | '⊨' => Kind::Relation,
        '+' | '-' | '−' | '±' | '∓' | '×' | '÷' | '⋅' | '·' | '∪' | '∩' | '∧' | '∨' | '⊕' | '⊗' | '∖'
        | '∗' => Kind::Binary,
        '(' | '[' | '{' | '⟨' | '⌊' | '⌈' | '¬' | '∀' | '∃' | '√' => Kind::Opening,
        ')' | ']' | '}' | '⟩' | '⌋' | '⌉' | '!' => Kind::Closing,
        ',' | ';' => Kind::Comma,
        '∑' | '∏' | '∫' | '∬' | '∭' | '∮' | '⋃' | '⋂' => Kind::Function,
        _ => Kind::Ordinary,
    }
}

/// Letters that are no small form.
pub fn is_full_size(letter: char) -> bool {
    !('\u{2070}'..='\u{209f}').contains(&letter) && !('\u{1d2c}'..='\u{1dbf}').contains(&letter)
}

const RAISED: (&str, &str) =
    ("0123456789+-−=()abcdefghijklmnoprstuvwxyzT", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀ");
const LOWERED: (&str, &str) = ("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ");

pub fn raised(sign: char) -> Option<char> {
    small(RAISED, sign)
}

pub fn lowered(sign: char) -> Option<char> {
    small(LOWERED, sign)
}

fn small((signs, smalls): (&str, &str), sign: char) -> Option<char> {
    signs.chars().zip(smalls.chars()).find(|(full, _)| *full == sign).map(|(_, small)| small)
}

/// Names of functions, which are their own reading.
const FUNCTIONS: &str = " arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lcm lg lim liminf limsup ln log max min mod sec sin sinh sup tan tanh Pr ";

pub fn is_function(name: &str) -> bool {
    FUNCTIONS.split(' ').any(|known| !known.is_empty() && known == name)
}

/// Commands and their signs, in turn.
const COMMANDS: &str = "alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ lambda λ mu μ nu ν xi ξ \
    omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi φ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ \
    Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω \
    times × cdot · div ÷ pm ± mp ∓ ast * star ⋆ circ ∘ bullet • oplus ⊕ otimes ⊗ cup ∪ cap ∩ wedge ∧ land ∧ vee ∨ lor ∨ setminus ∖ \
    le ≤ leq ≤ leqslant ≤ ge ≥ geq ≥ geqslant ≥ ne ≠ neq ≠ approx ≈ equiv ≡ sim ∼ simeq ≃ cong ≅ propto ∝ ll ≪ gg ≫ lt < gt > \
    to → rightarrow → longrightarrow → leftarrow ← gets ← leftrightarrow ↔ Rightarrow ⇒ implies ⇒ Longrightarrow ⇒ Leftarrow ⇐ iff ⇔ \
    Leftrightarrow ⇔ mapsto ↦ rightleftharpoons ⇌ uparrow ↑ downarrow ↓ \
    in ∈ notin ∉ ni ∋ subset ⊂ subseteq ⊆ supset ⊃ supseteq ⊇ emptyset ∅ varnothing ∅ perp ⊥ parallel ∥ mid ∣ vdash ⊢ models ⊨ \
    forall ∀ exists ∃ neg ¬ lnot ¬ therefore ∴ because ∵ \
    sum ∑ prod ∏ int ∫ iint ∬ iiint ∭ oint ∮ bigcup ⋃ bigcap ⋂ partial ∂ nabla ∇ infty ∞ degree ° prime ′ hbar ℏ ell ℓ Re ℜ Im ℑ aleph ℵ \
    angle ∠ triangle △ square □ ldots … dots … cdots … vdots ⋮ ddots ⋱ colon : vert | lvert | rvert | Vert ‖ lVert ‖ rVert ‖ \
    langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ lbrace { rbrace } lbrack [ rbrack ] lparen ( rparen ) backslash \\ euro € pounds £ \
    checkmark ✓ dagger † sharp ♯ flat ♭";

pub fn command(name: &str) -> Option<char> {
    let mut words = COMMANDS.split_ascii_whitespace();
    while let (Some(known), Some(sign)) = (words.next(), words.next()) {
        if known == name {
            return sign.chars().next();
        }
    }
    None
}

/// The mark of an accent, which stands behind the letter.
pub fn accent(name: &str) -> Option<char> {
    Some(match name {
        "vec" | "overrightarrow" => '\u{20d7}',
        "hat" | "widehat" => '\u{302}',
        "bar" | "overline" => '\u{305}',
        "tilde" | "widetilde" => '\u{303}',
        "dot" => '\u{307}',
        "ddot" => '\u{308}',
        "underline" => '\u{332}',
        _ => return None,
    })
}

/// The letter with a double stroke, where it is a common one.
pub fn double_struck(letter: char) -> char {
    match letter {
        'C' => 'ℂ',
        'N' => 'ℕ',
        'P' => 'ℙ',
        'Q' => 'ℚ',
        'R' => 'ℝ',
        'Z' => 'ℤ',
        other => other,
    }
}
