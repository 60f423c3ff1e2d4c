//! The picture: every goal as a bar, on one scale. The line in the middle is the goal; what reaches beyond it is better.

use std::fmt::Write as _;

use crate::figure::Figure;

const WIDTH: f64 = 860.0;
const LABELS: f64 = 250.0;
const TOP: f64 = 64.0;
const ROW: f64 = 22.0;

/// The scale runs from a tenth of the goal to ten times as good, by powers of ten.
const REACH: f64 = 1.0;

/// Draws the figures that have a goal.
pub(crate) fn draw(figures: &[Figure]) -> String {
    let goals: Vec<(&Figure, f64)> = figures.iter().filter_map(|figure| Some((figure, figure.margin()?))).collect();
    let bottom = TOP + ROW * goals.len() as f64;
    let height = bottom + 34.0;
    let mut svg = String::new();
    // Writing into a string does not fail.
    let _ = write!(
        svg,
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="12">
<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>
<text x="16" y="24" font-size="16" fill="#1c1c1c">How far each figure is from its goal</text>
<text x="16" y="44" fill="#5c5c5c">Bars beyond the line at 1 meet it. The scale is logarithmic; longer is better.</text>
"##
    );
    for mark in [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0] {
        let x = at(mark);
        let _ = writeln!(
            svg,
            r##"<line x1="{x:.1}" y1="{TOP}" x2="{x:.1}" y2="{bottom}" stroke="#dddddd"/>
<text x="{x:.1}" y="{:.1}" text-anchor="middle" fill="#5c5c5c">{mark} ×</text>"##,
            bottom + 18.0
        );
    }
    for (row, (figure, margin)) in goals.into_iter().enumerate() {
        bar(&mut svg, TOP + ROW * row as f64, figure, margin);
    }
    let goal = at(1.0);
    let _ = writeln!(
        svg,
        r##"<line x1="{goal:.1}" y1="{TOP}" x2="{goal:.1}" y2="{bottom}" stroke="#1c1c1c" stroke-width="1.5"/>"##
    );
    svg.push_str("</svg>\n");
    svg
}

fn bar(svg: &mut String, y: f64, figure: &Figure, margin: f64) {
    let (color, end) = if figure.met() == Some(true) { ("#2f7d5b", at(margin)) } else { ("#b3472f", at(margin)) };
    let (begin, text) = (at(0.0), y + ROW * 0.68);
    let shown = if margin.is_finite() && margin < 100.0 { format!("{margin:.2}") } else { "far beyond".to_owned() };
    // Inside the bar where there is no room behind it.
    let (x, anchor, ink) =
        if end > WIDTH - 60.0 { (end - 6.0, "end", "#ffffff") } else { (end + 6.0, "start", "#1c1c1c") };
    let _ = writeln!(
        svg,
        r##"<text x="{:.1}" y="{text:.1}" text-anchor="end" fill="#1c1c1c">{}</text>
<rect x="{begin:.1}" y="{:.1}" width="{:.1}" height="{:.1}" rx="2" fill="{color}"/>
<text x="{x:.1}" y="{text:.1}" text-anchor="{anchor}" fill="{ink}">{shown}</text>"##,
        LABELS - 8.0,
        figure.name,
        y + 3.0,
        (end - begin).max(2.0),
        ROW - 6.0,
    );
}

/// Where a margin lies; what is off the scale, at its end.
fn at(margin: f64) -> f64 {
    let power = if margin.is_nan() { -REACH } else { margin.log10().clamp(-REACH, REACH) };
    LABELS + (power + REACH) / (2.0 * REACH) * (WIDTH - LABELS - 24.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::Goal;

    #[test]
    fn only_what_has_a_goal_is_drawn() {
        let figures = [Figure::new("with", 2.0, "s").goal(Goal::AtMost(1.0)), Figure::new("without", 2.0, "s")];
        let svg = draw(&figures);
        assert!(svg.contains(">with<") && !svg.contains(">without<"));
        assert!(svg.contains("#b3472f") && svg.contains(">0.50<"));
    }
}
