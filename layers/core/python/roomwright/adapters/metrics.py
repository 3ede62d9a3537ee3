"""Counts for dashboards and alarms: CloudWatch's embedded metric format, a line in the log and no call."""

from __future__ import annotations

from aws_lambda_powertools.metrics import MetricUnit, single_metric

NAMESPACE = "Roomwright"


def count(stage: str, name: str, **dimensions: str) -> None:
    """One more of `name`. Each combination of values is a metric that is paid for: no tenants, no jobs, no URLs."""
    with single_metric(name, MetricUnit.Count, 1, namespace=NAMESPACE, default_dimensions={"stage": stage}) as metric:
        for dimension, value in dimensions.items():
            metric.add_dimension(dimension, value)
