package io.stoat.bench.report;

import io.stoat.bench.result.JsonFile;
import io.stoat.bench.result.ProcessFacts;
import io.stoat.bench.result.ResultFile;
import io.stoat.bench.result.RunResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** One HTML page with the figures, the charts (uPlot) and all that they need: no network. */
public final class HtmlReport {
    private static final String PLOT_POM = "META-INF/maven/org.webjars.npm/uplot/pom.properties";
    private static final String PLOT = "META-INF/resources/webjars/uplot/%s/dist/%s";

    private HtmlReport() {}

    /**
     * Writes the report.
     *
     * @param result to show.
     * @param file to write.
     */
    public static void write(final ResultFile result, final Path file) {
        try {
            Files.writeString(file, html(result));
        } catch (final IOException ex) {
            throw new UncheckedIOException("cannot write " + file, ex);
        }
    }

    /**
     * @param result to show.
     * @return the page.
     */
    static String html(final ResultFile result) {
        final String version = plotVersion();
        // in a script element only the start of a tag could end the data
        final String data = JsonFile.text(data(result)).replace("<", "\\u003c");
        return resource("io/stoat/bench/report/report.html")
                .replace("/*PLOT_CSS*/", resource(PLOT.formatted(version, "uPlot.min.css")))
                .replace("/*REPORT_CSS*/", resource("io/stoat/bench/report/report.css"))
                .replace("/*PLOT_JS*/", resource(PLOT.formatted(version, "uPlot.iife.min.js")))
                .replace("/*REPORT_JS*/", resource("io/stoat/bench/report/report.js"))
                .replace("/*DATA*/", data);
    }

    private static Map<String, Object> data(final ResultFile result) {
        final Map<String, Object> data = new LinkedHashMap<>();
        data.put("name", result.name());
        data.put("startedAt", result.startedAt());
        data.put("complete", result.complete());
        data.put("quick", result.quick());
        data.put("environment", result.environment());
        data.put("absent", result.absent());
        data.put("failures", result.failures());
        final Map<String, Map<String, String>> targets = new LinkedHashMap<>();
        for (final RunResult run : result.runs()) {
            targets.put(
                    run.spec().target(),
                    Map.of(
                            "version",
                            run.version(),
                            "settings",
                            run.settings(),
                            "processes",
                            ProcessFacts.text(run.processes())));
        }
        data.put("targets", targets);
        final Map<String, List<Map<String, Object>>> scenarios = new LinkedHashMap<>();
        for (final Point point : Point.of(result.runs())) {
            scenarios
                    .computeIfAbsent(point.spec().scenario(), name -> new ArrayList<>())
                    .add(point.toMap());
        }
        data.put("scenarios", scenarios);
        return data;
    }

    private static String plotVersion() {
        final Properties properties = new Properties();
        try (InputStream stream = HtmlReport.class.getClassLoader().getResourceAsStream(PLOT_POM)) {
            properties.load(stream);
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
        return properties.getProperty("version");
    }

    private static String resource(final String name) {
        try (InputStream stream = HtmlReport.class.getClassLoader().getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("missing in this build: " + name);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
