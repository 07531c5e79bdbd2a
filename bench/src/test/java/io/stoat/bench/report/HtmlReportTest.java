package io.stoat.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import io.stoat.bench.result.LatencySummary;
import io.stoat.bench.result.PhaseResult;
import io.stoat.bench.result.ProcessFacts;
import io.stoat.bench.result.ResultFile;
import io.stoat.bench.result.RunResult;
import io.stoat.bench.rig.Phase;
import io.stoat.bench.rig.RunSpec;
import io.stoat.bench.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {
    private static final String HOSTILE = "</script><img src=http://127.0.0.1:9/x>";

    static PhaseResult phase(final Phase phase, final long baseNs, final String problem) {
        final Histogram histogram = new Histogram(3);
        for (int i = 1; i <= 10_000; i++) {
            histogram.recordValue(baseNs + i * baseNs / 1_000);
        }
        return new PhaseResult(
                phase.label(),
                phase.loop().label(),
                1_000,
                1_000_000,
                10_000_000_000L,
                10_000,
                10_000,
                10_000,
                0,
                0,
                problem,
                Map.of(PhaseResult.ALL, LatencySummary.of(histogram)),
                null,
                List.of(
                        new double[] {1, 1_000, baseNs, 2 * baseNs, 3 * baseNs},
                        new double[] {2, 1_000, baseNs, 2 * baseNs, 3 * baseNs}),
                List.of(new PhaseResult.Event(1.5, "snapshot")),
                List.of());
    }

    static ResultFile result() {
        final List<RunResult> runs = new ArrayList<>();
        for (int fork = 0; fork < 3; fork++) {
            for (final String target : List.of("stoat-copy", "lmdb")) {
                for (final int length : new int[] {8, 1024}) {
                    final Phase closed = Phase.closed(1_000);
                    final Phase open = Phase.open(1_000, 1_000);
                    final Phase faster = Phase.open(2_000, 1_000);
                    final long ns = (target.equals("lmdb") ? 2_000 : 1_000) + fork * 10;
                    runs.add(
                            new RunResult(
                                    new RunSpec(
                                            "value-size",
                                            target,
                                            Workload.ycsb('b').withValueLength(length),
                                            1,
                                            List.of(closed, open, faster),
                                            0,
                                            100,
                                            "",
                                            "off",
                                            Map.of()),
                                    "this",
                                    fork,
                                    "1.0",
                                    HOSTILE,
                                    List.of(
                                            phase(closed, ns, null),
                                            phase(open, ns * 2, null),
                                            phase(faster, ns * 4, fork == 2 ? "1 lost" : null)),
                                    "001.hlog",
                                    List.of(new ProcessFacts("load", "-Xmx2g", "client=1")),
                                    null));
                }
            }
        }
        return new ResultFile(
                "value-size",
                "2026-01-02T03:04:05Z",
                true,
                false,
                Map.of("cpu", "a CPU", "commit", "abc"),
                Map.of("redis", "redis-server is not installed"),
                runs);
    }

    private static Map<String, Object> dataOf(final String html) throws IOException {
        final Matcher matcher =
                Pattern.compile(
                                "<script type=\"application/json\" id=\"data\">(.*?)</script>",
                                Pattern.DOTALL)
                        .matcher(html);
        assertTrue(matcher.find());
        return JSON.std.mapFrom(matcher.group(1));
    }

    @Test
    void shouldHoldNoReferenceToAnythingOutside() {
        final String html = HtmlReport.html(result());
        for (final String forbidden :
                List.of(
                        " src=\"",
                        " href=\"http",
                        "<link",
                        "@import",
                        "url(",
                        "fetch(",
                        "XMLHttpRequest",
                        "import(")) {
            assertFalse(html.contains(forbidden), forbidden);
        }
        assertFalse(
                html.contains("/*" + "DATA*/") || html.contains("_JS*/"), "a place was not filled");
        assertFalse(html.contains(HOSTILE), "data must not end its element");
        assertEquals(3, html.split("</script>", -1).length - 1);
    }

    @Test
    @SuppressWarnings("unchecked")
    void shouldShowTheFiguresOfTheResult() throws Exception {
        final Map<String, Object> data = dataOf(HtmlReport.html(result()));
        assertEquals("value-size", data.get("name"));
        assertEquals(
                HOSTILE,
                ((Map<String, Map<String, String>>) data.get("targets"))
                        .get("lmdb")
                        .get("settings"));
        final List<Map<String, Object>> points =
                ((Map<String, List<Map<String, Object>>>) data.get("scenarios")).get("value-size");
        assertEquals(12, points.size(), "2 targets, 2 lengths, 3 phases");
        final Map<String, Object> point = points.get(0);
        assertEquals("stoat-copy", point.get("target"));
        assertEquals(3, point.get("forks"));
        // the median of three forks, then the least and the greatest
        final List<Number> p99 = (List<Number>) point.get("p99");
        assertEquals(phase(Phase.closed(1), 1_010, null).all().p99(), p99.get(0).doubleValue());
        assertEquals(phase(Phase.closed(1), 1_000, null).all().p99(), p99.get(1).doubleValue());
        assertEquals(phase(Phase.closed(1), 1_020, null).all().p99(), p99.get(2).doubleValue());
        final List<List<Number>> curve = (List<List<Number>>) point.get("curve");
        assertEquals(1, curve.get(0).get(0).doubleValue(), "percentile 0 is at 1");
        assertEquals(curve.get(0).size(), curve.get(1).size());
        assertEquals(4, ((List<?>) data.get("failures")).size());
        assertEquals("1 lost", points.get(2).get("problem"));
        assertEquals(
                "load -Xmx2g, client=1",
                ((Map<String, Map<String, String>>) data.get("targets"))
                        .get("lmdb")
                        .get("processes"));
    }

    @Test
    void shouldPutItsNumbersIntoAFileAndAgain() {
        final String table = NumbersTable.of(result(), "result.json");
        assertTrue(table.contains("| value-size | lmdb | ycsb-b, 8 B | 3 | 1,000 |"), table);
        assertTrue(table.contains("2026-01-02") && table.contains("a CPU"), table);
        assertFalse(table.contains("2,000/s"), "a phase that FAILED has no figures");
        final String page = "before\n<!-- numbers -->\nold\n<!-- /numbers -->\nafter\n";
        final String once = NumbersTable.replaced(page, "numbers", table);
        assertFalse(once.contains("old"));
        assertTrue(once.startsWith("before\n") && once.endsWith("after\n"));
        assertEquals(once, NumbersTable.replaced(once, "numbers", table));
    }

    @Test
    void shouldFindABrowserByItsVariableOrOnThePath(@TempDir final Path dir) throws Exception {
        for (final String name : List.of("google-chrome-stable", "headless_shell")) {
            final Path place = Files.createDirectory(dir.resolve("bin-" + name));
            final Path program = Files.createFile(place.resolve(name));
            assertTrue(program.toFile().setExecutable(true));
            assertEquals(program, Browser.find(Map.of("PATH", "/nowhere:" + place)));
            assertEquals(
                    program,
                    Browser.find(Map.of("PATH", "/nowhere", "CHROME_BIN", program.toString())));
        }
        assertNull(Browser.find(Map.of("PATH", "/nowhere", "CHROME_BIN", "/nowhere/chrome")));
    }

    @Test
    void shouldComeBackFromItsFile(@TempDir final Path dir) {
        final Path file = dir.resolve("result.json");
        result().write(file);
        final ResultFile back = ResultFile.read(file);
        assertEquals(
                io.stoat.bench.result.JsonFile.text(result().toMap()),
                io.stoat.bench.result.JsonFile.text(back.toMap()));
    }
}
