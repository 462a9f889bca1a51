//! Pictures of numbers over time, of block characters: they need no colours, and every terminal has them. Numbers
//! stand beside them.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::text;

const BLOCKS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Columns of the scale at the left of a chart, its line included.
const SCALE: usize = 9;

/// How many eighths of a height that many rows a value takes; what is there at all is seen.
fn eighths(value: u64, greatest: u64, rows: usize) -> usize {
    if value == 0 {
        return 0;
    }
    let all = rows as u128 * 8;
    let part = u128::from(value) * all / u128::from(greatest.max(1));
    usize::try_from(part.clamp(1, all)).unwrap_or(1)
}

fn block(eighths: usize) -> char {
    BLOCKS.get(eighths.min(8)).copied().unwrap_or('█')
}

/// Values in one line, each a column.
pub fn spark(values: &[u64]) -> String {
    let greatest = values.iter().copied().max().unwrap_or(0);
    values
        .iter()
        .map(|value| block(eighths(*value, greatest, 1)))
        .collect()
}

/// What a chart shows.
pub struct Chart<'a> {
    /// What it is, with its numbers.
    pub title: Line<'static>,
    /// One value a stretch of time.
    pub values: &'a [u64],
    /// A value in words for the scale, seven columns at most.
    pub words: &'a dyn Fn(u64) -> String,
    /// What stands at the beginning of time.
    pub from: &'a str,
    /// What stands at its end.
    pub to: &'a str,
    /// The bars.
    pub style: Style,
    /// Scale and axis.
    pub dim: Style,
}

/// Values as bars over a line of time, with a scale at the left: a title, the bars, the axis, the time.
pub fn lines(chart: &Chart<'_>, columns: usize, rows: usize) -> Vec<Line<'static>> {
    let mut lines = vec![chart.title.clone()];
    let (wide, high) = (columns.saturating_sub(SCALE), rows.saturating_sub(3));
    if wide == 0 || high == 0 || chart.values.is_empty() {
        return lines;
    }
    let greatest = chart.values.iter().copied().max().unwrap_or(0).max(1);
    // A short run fills the width as well.
    let bars: Vec<usize> = (0..wide)
        .filter_map(|column| chart.values.get(column * chart.values.len() / wide))
        .map(|value| eighths(*value, greatest, high))
        .collect();
    for row in (0..high).rev() {
        let label = if row + 1 == high {
            (chart.words)(greatest)
        } else if high >= 4 && greatest >= 10 && row + 1 == high / 2 {
            // The top of this row is half of the greatest, or near to it.
            (chart.words)(greatest * (row as u64 + 1) / high as u64)
        } else {
            String::new()
        };
        let tick = if label.is_empty() { '│' } else { '┤' };
        let bar: String = bars
            .iter()
            .map(|eighths| block(eighths.saturating_sub(row * 8)))
            .collect();
        lines.push(Line::from(vec![
            Span::styled(
                format!("{}{tick}", text::right(&label, SCALE - 1)),
                chart.dim,
            ),
            Span::styled(bar, chart.style),
        ]));
    }
    let axis = format!("{}└{}", text::right("0", SCALE - 1), "─".repeat(wide));
    lines.push(Line::styled(axis, chart.dim));
    let time = format!(
        "{}{}{}",
        " ".repeat(SCALE),
        chart.from,
        text::right(chart.to, wide.saturating_sub(text::width(chart.from)))
    );
    lines.push(Line::styled(time, chart.dim));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greatest_fills_its_height_and_the_smallest_is_seen() {
        assert_eq!(spark(&[0, 1, 50, 100]), " ▁▄█");
        assert_eq!(spark(&[0, 0]), "  ");
        assert_eq!(spark(&[u64::MAX, 1]), "█▁");
    }

    #[test]
    fn a_chart_has_a_scale_and_fills_its_width() {
        let chart = Chart {
            title: Line::raw("orders/s"),
            values: &[10, 20],
            words: &|value| value.to_string(),
            from: "0 s",
            to: "8 s",
            style: Style::new(),
            dim: Style::new(),
        };
        let drawn: Vec<String> = lines(&chart, 17, 7)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            drawn,
            [
                "orders/s",
                "      20┤    ████",
                "        │    ████",
                "      10┤████████",
                "        │████████",
                "       0└────────",
                "         0 s  8 s",
            ]
        );
        assert_eq!(lines(&chart, 5, 7).len(), 1);
    }
}
