//! Results: a value, its ratio to a floor, and a goal that decides by itself whether it is met.

use std::fmt;

use serde::Serialize;

use crate::sample::Range;

/// One result.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    pub(crate) name: String,
    pub(crate) value: Range,
    pub(crate) unit: &'static str,
    /// To its floor, round by round.
    pub(crate) ratio: Option<Range>,
    /// What the ratio is to.
    pub(crate) floor: &'static str,
    pub(crate) goal: Option<Goal>,
    /// What holds for every message behind this figure.
    pub(crate) guarantee: &'static str,
}

/// What a figure should reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Goal {
    RatioAtLeast(f64),
    RatioAtMost(f64),
    AtMost(f64),
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RatioAtLeast(least) => write!(f, "ratio >= {least}"),
            Self::RatioAtMost(most) => write!(f, "ratio <= {most}"),
            Self::AtMost(most) => write!(f, "value <= {most}"),
        }
    }
}

/// The form of `results.json`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    name: String,
    value: f64,
    unit: &'static str,
    ratio: Option<f64>,
    goal: Option<String>,
    met: Option<bool>,
}

impl Figure {
    pub(crate) fn new(name: impl Into<String>, value: impl Into<Range>, unit: &'static str) -> Self {
        Self { name: name.into(), value: value.into(), unit, ratio: None, floor: "", goal: None, guarantee: "" }
    }

    /// With its ratio to a floor, one for each round.
    pub(crate) fn to(mut self, floor: &'static str, ratios: impl IntoIterator<Item = f64>) -> Self {
        self.ratio = Some(Range::of(ratios));
        self.floor = floor;
        self
    }

    pub(crate) fn goal(mut self, goal: Goal) -> Self {
        self.goal = Some(goal);
        self
    }

    pub(crate) fn under(mut self, guarantee: &'static str) -> Self {
        self.guarantee = guarantee;
        self
    }

    /// How many times better than its goal; 1 is just met.
    pub(crate) fn margin(&self) -> Option<f64> {
        let ratio = self.ratio.map_or(f64::NAN, |ratio| ratio.median);
        Some(match self.goal? {
            Goal::RatioAtLeast(least) => ratio / least,
            Goal::RatioAtMost(most) => most / ratio,
            Goal::AtMost(most) if self.value.median <= most => (most / self.value.median).max(1.0),
            Goal::AtMost(most) => most / self.value.median,
        })
    }

    /// Whether the median meets the goal; what could not be measured does not.
    pub(crate) fn met(&self) -> Option<bool> {
        let ratio = self.ratio.map_or(f64::NAN, |ratio| ratio.median);
        Some(match self.goal? {
            Goal::RatioAtLeast(least) => ratio >= least,
            Goal::RatioAtMost(most) => ratio <= most,
            Goal::AtMost(most) => self.value.median <= most,
        })
    }

    pub(crate) fn row(&self) -> Row {
        Row {
            name: self.name.clone(),
            value: self.value.median,
            unit: self.unit,
            ratio: self.ratio.map(|ratio| ratio.median),
            goal: self.goal.map(|goal| goal.to_string()),
            met: self.met(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_met_by_the_median_and_nothing_else() {
        let figure = Figure::new("rate", 7.0, "1/s").to("floor", [0.4, 0.6, 0.9]);
        assert_eq!(figure.met(), None);
        assert_eq!(figure.clone().goal(Goal::RatioAtLeast(0.5)).met(), Some(true));
        assert_eq!(figure.clone().goal(Goal::RatioAtMost(0.5)).met(), Some(false));
        assert_eq!(figure.clone().goal(Goal::AtMost(7.0)).met(), Some(true));
        assert_eq!(Figure::new("none", f64::NAN, "s").goal(Goal::AtMost(1.0)).met(), Some(false));
        assert_eq!(Figure::new("no ratio", 1.0, "s").goal(Goal::RatioAtLeast(0.5)).met(), Some(false));
        assert_eq!(figure.goal(Goal::RatioAtLeast(0.3)).margin().unwrap(), 2.0);
    }
}
