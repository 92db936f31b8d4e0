"""CLEAT_SOAK_MINUTES of ordinary use: nothing grows, nothing slows down, nothing fails."""

import os
import statistics
import time

import pytest

BUCKET = ["-r", "s3-bucket", "-ri", "zenfiles"]


@pytest.mark.soak
@pytest.mark.reveals_secret
@pytest.mark.timeout(0)
def test_goes_on_as_it_began(aws, cleat, state_dir):
    ends = time.monotonic() + 60 * float(os.environ["CLEAT_SOAK_MINUTES"])
    seconds, sizes, number = [], [], 0
    while time.monotonic() < ends:
        number += 1
        name = "c%d" % number
        aws.register(name, "iam-role")
        cleat("credential-process", name, *BUCKET)
        took = cleat("credential-process", name, *BUCKET).seconds
        cleat.sc("list-resources", "-r", "s3-bucket")
        if number > 20:
            cleat.sc("delete", "c%d" % (number - 20), "--yes")
        seconds.append(took)
        sizes.append(os.path.getsize(os.path.join(state_dir, "cleat.db")))
    quarter = max(1, len(seconds) // 4)
    assert statistics.median(seconds[-quarter:]) < 2 * statistics.median(seconds[:quarter]) + 0.02
    # The audit grows by a few hundred bytes per action, nothing else may.
    assert sizes[-1] - sizes[quarter] < 20000 * max(1, number - quarter)
