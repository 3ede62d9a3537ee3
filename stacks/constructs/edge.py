"""The firewall in front of the API."""

from __future__ import annotations

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from stacks.constructs.gateway import refusal
from stacks.settings import Settings

# The first four inspect the body, and the bodies here are photos and JSON full of URLs; the API checks both itself.
# The last refuses clients that do not introduce themselves, as HTTP libraries of .NET and others do by default.
COUNTED_RULES = (
    "SizeRestrictions_BODY",
    "CrossSiteScripting_BODY",
    "GenericLFI_BODY",
    "GenericRFI_BODY",
    "NoUserAgent_HEADER",
)
REQUESTS_A_MINUTE = 20_000
"""from one address: more than the API's own limits let one through, which tell apart what is asked"""
TOO_MANY = "too-many-requests"


class Firewall(Construct):
    """AWS's common, bad-input and reputation rules, and a ceiling per address."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self.acl = wafv2.CfnWebACL(
            self,
            "Acl",
            name=settings.name("api"),
            scope="REGIONAL",
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_visibility(settings.name("api")),
            rules=[
                _managed(0, "AWSManagedRulesAmazonIpReputationList"),
                _managed(1, "AWSManagedRulesKnownBadInputsRuleSet"),
                _managed(2, "AWSManagedRulesCommonRuleSet", counted=COUNTED_RULES),
                _ceiling(3, REQUESTS_A_MINUTE),
            ],
            custom_response_bodies={
                TOO_MANY: wafv2.CfnWebACL.CustomResponseBodyProperty(
                    content_type="APPLICATION_JSON",
                    content=refusal(
                        "rate_limited", "Too many requests from this address. Wait a minute.", retry_after=60
                    ),
                )
            },
        )


class FirewallAssociation(Construct):
    """Puts the firewall in front of one stage. Apart, because the emulator does not know this resource."""

    def __init__(self, scope: Construct, construct_id: str, *, firewall: Firewall, stage: apigateway.Stage) -> None:
        super().__init__(scope, construct_id)
        wafv2.CfnWebACLAssociation(self, "Association", resource_arn=stage.stage_arn, web_acl_arn=firewall.acl.attr_arn)


def _visibility(name: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    return wafv2.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True
    )


def _managed(priority: int, name: str, counted: tuple[str, ...] = ()) -> wafv2.CfnWebACL.RuleProperty:
    """One of AWS's rule groups; `counted` rules of it are watched, not enforced."""
    count = wafv2.CfnWebACL.RuleActionProperty(count={})
    overrides = [wafv2.CfnWebACL.RuleActionOverrideProperty(name=rule, action_to_use=count) for rule in counted]
    return wafv2.CfnWebACL.RuleProperty(
        name=name,
        priority=priority,
        override_action=wafv2.CfnWebACL.OverrideActionProperty(none={}),
        visibility_config=_visibility(name),
        statement=wafv2.CfnWebACL.StatementProperty(
            managed_rule_group_statement=wafv2.CfnWebACL.ManagedRuleGroupStatementProperty(
                vendor_name="AWS", name=name, rule_action_overrides=overrides or None
            )
        ),
    )


def _ceiling(priority: int, requests: int) -> wafv2.CfnWebACL.RuleProperty:
    """At most `requests` from one address in a minute; the others are answered as the API answers its own limits."""
    acl = wafv2.CfnWebACL
    told = acl.CustomResponseProperty(
        response_code=429,
        custom_response_body_key=TOO_MANY,
        response_headers=[acl.CustomHTTPHeaderProperty(name="Retry-After", value="60")],
    )
    return acl.RuleProperty(
        name="PerAddress",
        priority=priority,
        action=acl.RuleActionProperty(block=acl.BlockActionProperty(custom_response=told)),
        visibility_config=_visibility("PerAddress"),
        statement=acl.StatementProperty(
            rate_based_statement=acl.RateBasedStatementProperty(
                aggregate_key_type="IP", limit=requests, evaluation_window_sec=60
            )
        ),
    )
