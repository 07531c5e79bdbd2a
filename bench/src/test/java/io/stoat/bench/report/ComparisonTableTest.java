package io.stoat.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stoat.bench.result.Bound;
import io.stoat.bench.result.ComparedRow;
import io.stoat.bench.result.ComparisonResult;
import io.stoat.bench.result.Figure;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTableTest {
    private static final Map<String, Object> FACTS =
            Map.of(
                    "commit", "abc",
                    "cpu", "Abacus",
                    "cores", 2,
                    "kernel", "Linux 6",
                    "jvm", "VM 17",
                    "plan", "not pinned",
                    "loadAverage", "0.1 0.2 0.3");

    private static Figure figure(final String of, final String name, final double value) {
        return Figure.of(name, "ns", value).in("reads", of);
    }

    @Test
    void shouldSayWhenWhereAndHowAndMakeATableOfEachSection() {
        final ComparisonResult result =
                new ComparisonResult(
                        "echo",
                        "stoat bench echo --yield",
                        "2026-11-28T01:02:03Z",
                        FACTS,
                        List.of("3 rounds", "no redis"),
                        List.of(
                                ComparedRow.of(
                                        new ComparedRow.Pair("UDP", "bare", "get"),
                                        "p50",
                                        "us",
                                        7.5,
                                        8.25,
                                        new double[] {1.2, 1.1, 1.05, 1.0},
                                        Bound.atMost(1.15)),
                                ComparedRow.of(
                                        new ComparedRow.Pair("UDP", "bare", "get"),
                                        "batched",
                                        "a second",
                                        3_568_000,
                                        6_000_000.4,
                                        new double[] {1.58},
                                        Bound.atLeast(3)),
                                ComparedRow.of(
                                        new ComparedRow.Pair("IPC", "bare", "get"),
                                        "p50",
                                        "us",
                                        1,
                                        12.345,
                                        new double[] {12.345},
                                        Bound.NONE)),
                        List.of(
                                figure("stoat", "1,000 keys", 41.27),
                                figure("stoat", "100,000 keys", 135.26),
                                figure("lmdb", "100,000 keys", Double.NaN)));
        assertEquals(
                """
                Measured 2026-11-28 at commit abc on Abacus (2 CPUs, Linux 6, VM 17), thread plan `not pinned`, \
                load average 0.1 0.2 0.3 before, by `stoat bench echo --yield`, from `docs/results/echo.json`.
                3 rounds; no redis.

                | UDP | bare | get | ratio | middle half | bound |
                | --- | --- | --- | --- | --- | --- |
                | p50, us | 7.500 | 8.250 | 1.08 | 1.05 - 1.10 | at most 1.15: met |
                | batched, a second | 3,568,000 | 6,000,000 | 1.58 | 1.58 - 1.58 | at least 3: MISSED |

                | IPC | bare | get | ratio | middle half | bound |
                | --- | --- | --- | --- | --- | --- |
                | p50, us | 1 | 12.35 | 12.35 | 12.35 - 12.35 |  |

                | reads | 1,000 keys, ns | 100,000 keys, ns |
                | --- | --- | --- |
                | stoat | 41.27 | 135.3 |
                | lmdb |  | - |
                """,
                ComparisonTable.of(result, "docs/results/echo.json"));
    }
}
