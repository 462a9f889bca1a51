//! Text of many scripts, emoji, accents, what is invisible and what turns text round: the grid holds.

use super::grid;
use crate::console::testing::Harness;

/// Orders whose texts have all that is hard on a grid.
fn orders() -> String {
    let names = [
        "注文 太郎 様 株式会社とても長い名前の会社",
        "👨\u{200d}👩\u{200d}👧\u{200d}👦 Family 👍🏽 🇩🇪🇫🇷 ❤\u{fe0f} 1\u{fe0f}\u{20e3} 🏳\u{fe0f}\u{200d}🌈",
        "Zoe\u{308}\u{323}\u{301} A\u{30a}ngstro\u{308}m\u{301}\u{302}\u{303}\u{304}",
        "שלום עולם שם ארוך מאוד",
        "محمد عبد الله \u{644}\u{627} ﷺ",
        "zero\u{200b}width\u{feff}\u{2060} and \u{200d}joiners",
        "over\u{202e}ride \u{2066}isolated\u{2069} \u{200f}marks",
        "tab\there \u{1b}[31mred\u{7}",
        "हिन्दी नाम क्षत्रिय",
        "ｆｕｌｌｗｉｄｔｈ ﾊﾝｶｸ 한국어 이름",
    ];
    let mut out = String::from(
        "Name,Email,Financial Status,Currency,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name\n",
    );
    for (number, name) in names.iter().enumerate() {
        out.push_str(&format!(
            "#{number}-{name}-{},x{number}@例え.jp,paid,USD,10.00,2026-01-06 21:18:40 -0500,1,{name},10.00,SKU-{name},{name}\n",
            "9".repeat(number * 9),
        ));
    }
    out
}

#[test]
fn borders_stay_where_they_are_whatever_the_text() {
    let steps = [
        "g",
        "] enter down down down",
        "/ 注 esc esc",
        "esc a b",
        "esc esc L",
        "esc H",
        "esc c",
        "esc ] ] c",
        "esc [ d",
        "esc g enter G e",
        "esc E",
    ];
    for size in [(80, 24), (110, 30), (120, 36), (200, 60)] {
        let mut harness = Harness::with_text(size, &orders());
        harness.editor = Some(|text| Ok(text.replace("USD", "EUR")));
        let shown = harness.state.file.orders();
        assert_eq!(shown, 10);
        for line in 0..shown {
            let mut told = grid::frames(&harness.buffer(), "list");
            let focused = harness.keys("] enter").buffer();
            told.extend(grid::frames(&focused, "payload"));
            assert!(
                told.is_empty(),
                "line {line} at {size:?}: {told:?}\n{}",
                harness.screen()
            );
            harness.keys("esc down");
        }
        for step in steps {
            let told = grid::faults(harness.keys(step));
            assert!(
                told.is_empty(),
                "{step} at {size:?}: {told:?}\n{}",
                harness.screen()
            );
            let screen = harness.screen();
            let hidden = screen.chars().find(|c| {
                (c.is_control() && *c != '\n') || matches!(c, '\u{200b}' | '\u{200d}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
            });
            assert_eq!(hidden, None, "{step} at {size:?}");
        }
    }
}
