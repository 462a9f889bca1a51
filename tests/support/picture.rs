//! Pictures of a terminal's screen as SVG: cells, colours, bold and underlined text as they are.

use std::fmt::Write as _;

use vt100::{Cell, Color, Screen};

/// Width and height of a cell, and the size of its letters, in the picture's units.
const CELL: (f32, f32) = (8.4, 16.4);
const LETTERS: f32 = 14.0;
/// What is around the screen.
const MARGIN: f32 = 12.0;
/// A terminal's own colours where the program sets none.
const TEXT: &str = "#d8dee9";
const GROUND: &str = "#14181f";
/// The sixteen colours, as common terminals show them.
const SIXTEEN: [&str; 16] = [
    "#1d232d", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#abb2bf",
    "#5c6370", "#ff7b86", "#b5e08f", "#ffd78a", "#82c4ff", "#dd9bee", "#7fd3de", "#ffffff",
];

/// The screen as an SVG document.
pub fn svg(screen: &Screen, title: &str) -> String {
    let (rows, columns) = screen.size();
    let (rows, columns) = (u16::from(rows), u16::from(columns));
    let width = f32::from(columns).mul_add(CELL.0, 2.0 * MARGIN);
    let height = f32::from(rows).mul_add(CELL.1, 2.0 * MARGIN);
    let mut out = String::new();
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" font-family=\"'JetBrains Mono','DejaVu Sans Mono',Menlo,Consolas,monospace\" font-size=\"{LETTERS}\">\n<title>{}</title>\n<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{GROUND}\"/>",
        escaped(title)
    );
    for row in 0..rows {
        let mut column = 0;
        while column < columns {
            let Some(first) = screen.cell(row, column) else {
                break;
            };
            let look = Look::of(first);
            let mut text = String::new();
            let begin = column;
            // Cells that look alike are one piece; a wide letter is a piece of its own, or what follows would shift.
            while let Some(cell) = screen
                .cell(row, column)
                .filter(|cell| Look::of(cell) == look)
            {
                let is_wide = cell.is_wide();
                if is_wide && !text.is_empty() {
                    break;
                }
                let contents = cell.contents();
                text.push_str(if contents.is_empty() { " " } else { contents });
                column += if is_wide { 2 } else { 1 };
                if is_wide || column >= columns {
                    break;
                }
            }
            look.draw(&mut out, (row, begin), column - begin, &text);
        }
    }
    out.push_str("</svg>\n");
    out
}

/// How a cell looks.
#[derive(PartialEq)]
struct Look {
    text: String,
    ground: Option<String>,
    bold: bool,
    dim: bool,
    underlined: bool,
    italic: bool,
}

impl Look {
    fn of(cell: &Cell) -> Self {
        let text = colour(cell.fgcolor());
        let ground = colour(cell.bgcolor());
        let (text, ground) = if cell.inverse() {
            (
                Some(ground.unwrap_or_else(|| GROUND.to_owned())),
                Some(text.unwrap_or_else(|| TEXT.to_owned())),
            )
        } else {
            (text, ground)
        };
        Self {
            text: text.unwrap_or_else(|| TEXT.to_owned()),
            ground,
            bold: cell.bold(),
            dim: cell.dim(),
            underlined: cell.underline(),
            italic: cell.italic(),
        }
    }

    fn draw(&self, out: &mut String, (row, column): (u16, u16), cells: u16, text: &str) {
        let x = f32::from(column).mul_add(CELL.0, MARGIN);
        let y = f32::from(row).mul_add(CELL.1, MARGIN);
        let width = f32::from(cells) * CELL.0;
        if let Some(ground) = &self.ground {
            let _ = writeln!(
                out,
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{}\" fill=\"{ground}\"/>",
                CELL.1
            );
        }
        if text.trim().is_empty() {
            return;
        }
        let mut style = String::new();
        for (holds, words) in [
            (self.bold, " font-weight=\"bold\""),
            (self.dim, " opacity=\"0.6\""),
            (self.underlined, " text-decoration=\"underline\""),
            (self.italic, " font-style=\"italic\""),
        ] {
            if holds {
                style.push_str(words);
            }
        }
        // The length is given, so that every font keeps the grid.
        let _ = writeln!(
            out,
            "<text x=\"{x:.1}\" y=\"{:.1}\" textLength=\"{width:.1}\" lengthAdjust=\"spacingAndGlyphs\" fill=\"{}\"{style}>{}</text>",
            y + CELL.1 * 0.75,
            self.text,
            escaped(text)
        );
    }
}

/// The colour, none where the terminal's own is meant.
fn colour(colour: Color) -> Option<String> {
    match colour {
        Color::Default => None,
        Color::Rgb(red, green, blue) => Some(format!("#{red:02x}{green:02x}{blue:02x}")),
        Color::Idx(index @ 0..16) => Some(SIXTEEN[usize::from(index)].to_owned()),
        Color::Idx(index @ 16..232) => {
            let index = index - 16;
            let part = |part: u8| if part == 0 { 0 } else { 55 + part * 40 };
            let (red, green, blue) = (index / 36, index / 6 % 6, index % 6);
            Some(format!(
                "#{:02x}{:02x}{:02x}",
                part(red),
                part(green),
                part(blue)
            ))
        }
        Color::Idx(index) => {
            let grey = 8 + (index - 232) * 10;
            Some(format!("#{grey:02x}{grey:02x}{grey:02x}"))
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        // Blanks beside each other would become one.
        .replace(' ', "\u{a0}")
}
