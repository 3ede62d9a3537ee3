"""What is kept: how many bytes count, which jobs use a source asset, and what becomes of both when it is erased."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from roomwright.adapters import dynamo_items as items
from roomwright.adapters.dynamo_accounts import DynamoAccounts
from roomwright.adapters.dynamo_codec import Item, number, text
from roomwright.adapters.dynamo_table import RefusedError, Write, difference, names_in
from roomwright.domain.errors import ConflictError, StaleStateError
from roomwright.domain.job import AssetStatus, Job, SourceAsset

IN_USE = "A job that has not ended uses this source asset. Wait for it or cancel it, then delete the asset."


class DynamoStorage(DynamoAccounts):
    """The bytes that an account counts, and how they come to count no more."""

    def delete_asset(self, asset: SourceAsset, now: datetime) -> SourceAsset:
        self.require_own(asset)
        deleted = replace(asset, status=AssetStatus.DELETED, updated_at=now)
        try:
            self.table.transact(asset_step(asset, deleted), _closed(asset))
        except RefusedError as refused:
            if refused.found[1] is not None:
                raise ConflictError(IN_USE) from None
            raise StaleStateError("the asset was changed meanwhile") from None
        return deleted

    def erase_outputs(self, job: Job, now: datetime) -> Job:
        self.require_own(job)
        erased = replace(job, erased_at=now, updated_at=now)
        where: Item = {":was": text(job.status)}
        condition = "#status = :was AND attribute_not_exists(#erased_at)"
        try:
            self.table.update(difference(items.job_item(job), items.job_item(erased), condition, where))
        except RefusedError:
            raise StaleStateError("the job was changed meanwhile") from None
        return erased

    def uncount(self, kept: Job | SourceAsset) -> None:
        self.require_own(kept)
        before = items.job_item(kept) if isinstance(kept, Job) else items.asset_item(kept)
        without = before | {"stored_bytes": number(0)}
        if not kept.stored_bytes:
            return
        gone = difference(before, without, "#stored_bytes = :was", {":was": number(kept.stored_bytes)})
        try:
            self.table.transact({"Update": gone}, self._count_bytes(-kept.stored_bytes))
        except RefusedError:
            return  # another did

    def _count_bytes(self, by: int) -> Write:
        return self.account_write({"stored_bytes": by}, "attribute_exists(pk)")


def used(job: Job, by: int) -> Write:
    """One more or less of the jobs that use its source asset; no more once that is closed."""
    update, condition = "SET #kind = :kind ADD #jobs :by", "attribute_not_exists(#closed)" if by > 0 else ""
    write: dict[str, Any] = {
        "Key": items.uses_key(job.tenant_id, job.spec.source_asset_id),
        "UpdateExpression": update,
        "ExpressionAttributeNames": names_in(f"{update} {condition}"),
        "ExpressionAttributeValues": {":kind": text("uses"), ":by": number(by)},
    }
    return {"Update": write | ({"ConditionExpression": condition} if condition else {})}


def _closed(asset: SourceAsset) -> Write:
    """To any more jobs, if none uses it now."""
    update, condition = "SET #kind = :kind, #closed = :true", "attribute_not_exists(#jobs) OR #jobs <= :none"
    return {
        "Update": {
            "Key": items.uses_key(asset.tenant_id, asset.source_asset_id),
            "UpdateExpression": update,
            "ConditionExpression": condition,
            "ExpressionAttributeNames": names_in(f"{update} {condition}"),
            "ExpressionAttributeValues": {":kind": text("uses"), ":true": {"BOOL": True}, ":none": number(0)},
        }
    }


def asset_step(before: SourceAsset, after: SourceAsset) -> Write:
    where: Item = {":was": text(before.status)}
    return {"Update": difference(items.asset_item(before), items.asset_item(after), "#status = :was", where)}
