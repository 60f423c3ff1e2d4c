//! Medians, and how far around them the rounds lay.

/// A median with the lowest and the highest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Range {
    pub(crate) median: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl Range {
    /// Of at least one value.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        Self {
            median: percentile(&mut values, 50.0),
            low: percentile(&mut values, 0.0),
            high: percentile(&mut values, 100.0),
        }
    }
}

impl From<f64> for Range {
    fn from(value: f64) -> Self {
        Self { median: value, low: value, high: value }
    }
}

/// The value that so many percent of all are not above; not a number where there are none.
pub(crate) fn percentile(values: &mut [f64], percent: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let index = (values.len().saturating_sub(1) as f64 * percent / 100.0).round() as usize;
    values.get(index).copied().unwrap_or(f64::NAN)
}

/// The value in the middle.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    percentile(&mut values, 50.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_the_middle_and_both_ends() {
        assert_eq!(Range::of([3.0, 1.0, 9.0, 2.0, 4.0]), Range { median: 3.0, low: 1.0, high: 9.0 });
        assert_eq!(Range::of([2.0]), Range::from(2.0));
    }

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let mut values: Vec<f64> = (1..=1000).map(f64::from).collect();
        assert_eq!(percentile(&mut values, 99.0), 990.0);
        assert!(percentile(&mut [], 50.0).is_nan());
    }
}
