package io.stoat.bench.echo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerdictsTest {
    private final StringWriter output = new StringWriter();
    private final Verdicts verdicts = new Verdicts(new PrintWriter(output, true));

    @Test
    void shouldJudgeTheMedianOfTheRatiosWithinRounds() {
        // medians of the figures themselves would make 1.0 of it
        verdicts.latency("p99", List.of(1e3, 2e3, 3e3), List.of(2e3, 4e3, 1e3), 1.3);
        assertFalse(verdicts.met());
        assertTrue(output.toString().contains("2.00"), output.toString());
        assertTrue(output.toString().contains("at most 1.3: MISSED"), output.toString());
    }

    @Test
    void shouldWantRatesHighAndLatenciesLow() {
        verdicts.rate("rate", List.of(10.0, 10.0, 10.0), List.of(30.0, 31.0, 5.0), 3);
        verdicts.latency("p50", List.of(10.0), List.of(2.0), 0.2);
        verdicts.latency("no bound", List.of(1.0), List.of(100.0), 0);
        assertTrue(verdicts.met(), output.toString());
        assertEquals(2, output.toString().split(": met").length - 1, output.toString());
    }
}
