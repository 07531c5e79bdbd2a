package io.stoat.ops.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.ops.CommandFailure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TournamentTest {
    private static final long RUN_NS = 10;

    private final Map<String, LoadFigures> truth = new HashMap<>();
    private final List<String> order = new ArrayList<>();
    private final List<Candidate> candidates = new ArrayList<>();
    private long nowNs = Long.MAX_VALUE - 25;

    private static LoadFigures figures(final double requests, final double p50, final double p99) {
        return new LoadFigures(requests, p50, p99, p50 * 10, p99 * 10, p50, p99);
    }

    private void plan(final String name, final LoadFigures figures) {
        truth.put(name, figures);
        candidates.add(new Candidate(name, candidates.isEmpty()));
    }

    private LoadFigures measure(final String plan) {
        nowNs += RUN_NS;
        order.add(plan);
        final LoadFigures figures = truth.get(plan);
        if (figures == null) {
            throw CommandFailure.failed("does not start");
        }
        return figures;
    }

    private Tournament hold(final long durationNs) {
        final Tournament tournament =
                new Tournament(
                        candidates, this::measure, (round, candidate, figures) -> {}, () -> nowNs);
        tournament.hold(nowNs + durationNs);
        return tournament;
    }

    @Test
    void shouldMeasureTheBetterOnesAndTheAutomaticPlanAgainInAlternatingOrder() {
        plan("auto", figures(10, 900, 9_000));
        for (int i = 1; i <= 7; i++) {
            plan("p" + i, figures(100 + i, 100, 1_000));
        }
        final Tournament tournament = hold(RUN_NS * 100);
        assertEquals(
                List.of("auto", "p1", "p2", "p3", "p4", "p5", "p6", "p7"), order.subList(0, 8));
        assertEquals(List.of("p7", "p6", "p5", "p4", "auto"), order.subList(8, 13));
        assertEquals(List.of("auto", "p7", "p7", "auto", "auto", "p7"), order.subList(13, 19));
        assertEquals("p7", tournament.sweetSpot().orElseThrow().plan());
        assertEquals(13 + 2 * Duel.MOST_PAIRS, order.size());
        assertEquals(2 + Duel.MOST_PAIRS, candidates.get(0).runs());
        assertEquals(1, candidates.get(1).runs());
        final Duel duel = tournament.duel().orElseThrow();
        assertEquals(Duel.MOST_PAIRS, duel.pairs());
        // 10/107 of the requests, a ninth of the three latencies
        assertEquals(Math.pow(10 / 107.0 / 9 / 9 / 9, 0.25), duel.median(), 1e-9);
    }

    @Test
    void shouldEndTheDuelWhenThereIsNoTimeForAnotherPair() {
        plan("auto", figures(10, 100, 1_000));
        plan("p1", figures(11, 100, 1_000));
        final Tournament tournament = hold(RUN_NS * 9 + 5);
        assertEquals(List.of("auto", "p1", "p1", "auto"), order.subList(0, 4));
        assertEquals(8, order.size());
        assertEquals(2, tournament.duel().orElseThrow().pairs());
        assertEquals("p1", tournament.sweetSpot().orElseThrow().plan());
    }

    @Test
    void shouldGiveTheMedianAndTheMiddleHalfOfThePairs() {
        final Duel duel = new Duel(new Candidate("auto", true), new Candidate("p", false));
        for (final double requests : new double[] {4_096, 1, 16, 81}) {
            duel.add(figures(requests, 100, 1_000), figures(1, 100, 1_000));
        }
        assertEquals(4, duel.pairs());
        assertEquals((2 + 3) / 2.0, duel.median(), 1e-9);
        assertEquals(1, duel.lowerQuartile(), 1e-9);
        assertEquals(8, duel.upperQuartile(), 1e-9);
        assertEquals("auto", duel.winner().plan());
    }

    @Test
    void shouldTakeTheOtherPlanWhenItWinsMostPairsHoweverBadOneOfThemWas() {
        final Duel duel = new Duel(new Candidate("auto", true), new Candidate("p", false));
        duel.add(figures(90, 100, 1_000), figures(100, 100, 1_000));
        duel.add(figures(90, 100, 1_000), figures(100, 100, 1_000));
        duel.add(figures(90, 100, 1_000), figures(100, 9_000, 100_000));
        assertEquals("p", duel.winner().plan());
    }

    @Test
    void shouldHaveNoDuelWithoutASecondPlan() {
        plan("auto", figures(10, 100, 1_000));
        assertTrue(hold(RUN_NS * 100).duel().isEmpty());
    }

    @Test
    void shouldNotBeginARunThatMayNotEndInTime() {
        plan("auto", figures(10, 100, 1_000));
        plan("p1", figures(11, 100, 1_000));
        plan("p2", figures(12, 100, 1_000));
        final Tournament tournament = hold(RUN_NS * 2 + 5);
        assertEquals(List.of("auto", "p1"), order);
        assertEquals("p1", tournament.sweetSpot().orElseThrow().plan());
        assertFalse(candidates.get(2).isMeasured());
    }

    @Test
    void shouldMeasureOnePlanHoweverLittleTimeThereIs() {
        plan("auto", figures(10, 100, 1_000));
        plan("p1", figures(11, 100, 1_000));
        assertEquals("auto", hold(1).sweetSpot().orElseThrow().plan());
    }

    @Test
    void shouldLeaveOutWhatCannotBeMeasured() {
        plan("auto", null);
        plan("p1", figures(11, 100, 1_000));
        final Tournament tournament = hold(RUN_NS * 100);
        assertEquals("p1", tournament.sweetSpot().orElseThrow().plan());
        assertEquals("does not start", candidates.get(0).failure());
        assertEquals(1, order.stream().filter("auto"::equals).count());
    }

    @Test
    void shouldHaveNoSweetSpotWhenNothingCouldBeMeasured() {
        plan("auto", null);
        assertTrue(hold(RUN_NS * 100).sweetSpot().isEmpty());
    }

    @Test
    void shouldWeighAllFiguresSoThatOneNoisyOneDoesNotDecide() {
        plan("fast", figures(1_000, 100, 2_000));
        plan("lucky", figures(250, 400, 1_000));
        assertEquals("fast", hold(RUN_NS * 100).sweetSpot().orElseThrow().plan());
        assertEquals(Math.pow(0.5, 0.25), Tournament.score(candidates.get(0), candidates), 1e-9);
    }

    @Test
    void shouldTakeMediansAndAddClientsUp() {
        final LoadFigures slow = figures(1, 9, 90);
        final LoadFigures middle = figures(2, 5, 50);
        final LoadFigures fast = figures(3, 1, 10);
        assertEquals(middle, LoadFigures.median(List.of(fast, slow, middle)));
        assertEquals(3, slow.with(middle).requestsPerSecond());
        assertEquals(90, slow.with(middle).ipcP99Ns());
    }
}
