package io.stoat.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a result says of the command that made it. */
class ComparisonOptionsTest {
    @Test
    void shouldLeaveOutWhereTheResultsWent() {
        assertEquals(
                "stoat bench echo --rounds 3 'a b' ''",
                ComparisonOptions.typed(
                        "stoat",
                        List.of(
                                "bench",
                                "echo",
                                "--out",
                                "/somewhere",
                                "--rounds",
                                "3",
                                "a b",
                                "",
                                "--out=x")));
    }
}
