package io.stoat.bench;

import io.stoat.bench.contender.ScratchDirectory;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.profile.LinuxPerfNormProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * One run of JMH with the allocation profiler. The forks inherit this JVM's flags; their files lie
 * in one scratch directory, deleted at the end even if a fork was killed. One thread.
 */
final class JmhRun {
    /** JMH's name for the bytes allocated by one operation. */
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    /** Allocation for an operation below this is the harness's own, spread over its operations. */
    static final double ALLOCATED_BYTES_LIMIT = 0.5;

    /** More than the harness allocates in an iteration, less than 150,000 small objects. */
    private static final double HARNESS_BYTES = 1 << 20;

    private final ChainedOptionsBuilder options;

    /**
     * @param patterns regular expressions over the benchmarks' full names.
     */
    JmhRun(final List<String> patterns) {
        options = new OptionsBuilder().addProfiler(GCProfiler.class).shouldFailOnError(true);
        patterns.forEach(options::include);
    }

    /** Restricts parameters: name to values. */
    JmhRun parameters(final Map<String, List<String>> values) {
        values.forEach((name, list) -> options.param(name, list.toArray(new String[0])));
        return this;
    }

    JmhRun forks(final int forks) {
        options.forks(forks);
        return this;
    }

    JmhRun threads(final int threads) {
        options.threads(threads);
        return this;
    }

    /** Also counts instructions, cycles and cache misses of each operation. */
    JmhRun instructions() {
        options.addProfiler(LinuxPerfNormProfiler.class);
        return this;
    }

    /** One fork and short iterations: shows that it runs, and the order of magnitude. */
    JmhRun quick() {
        options.forks(1);
        return iterations(2, 300);
    }

    /**
     * @param count of measured iterations; as many, at most 3, warm up.
     * @param millis length of each.
     */
    JmhRun iterations(final int count, final int millis) {
        final TimeValue time = TimeValue.milliseconds(millis);
        options.warmupIterations(Math.min(3, count)).warmupTime(time);
        options.measurementIterations(count).measurementTime(time);
        return this;
    }

    JmhRun silent() {
        options.verbosity(VerboseMode.SILENT);
        return this;
    }

    JmhRun json(final Path file) {
        options.resultFormat(ResultFormatType.JSON).result(file.toString());
        return this;
    }

    /**
     * Runs the benchmarks.
     *
     * @return a result for each benchmark and set of parameters.
     * @throws BenchFailure when nothing matches or a benchmark failed.
     */
    Collection<RunResult> run() {
        try (ScratchDirectory scratch = ScratchDirectory.create()) {
            options.jvmArgsAppend("-D" + ScratchDirectory.ROOT_PROPERTY + "=" + scratch.path());
            final Collection<RunResult> results = new Runner(options.build()).run();
            if (results.isEmpty()) {
                throw new BenchFailure(
                        "no benchmark matches the pattern: see stoat bench jmh --list");
            }
            return results;
        } catch (final RunnerException ex) {
            throw new BenchFailure("benchmark run failed: " + ex.getMessage(), ex);
        }
    }

    /**
     * Whether operations allocate. On a busy host an iteration has so few of them that the
     * harness's own bytes show: it must also be more than those.
     */
    static boolean allocates(final RunResult result) {
        final double bytes = allocated(result);
        if (bytes < ALLOCATED_BYTES_LIMIT) {
            return false;
        }
        final double operations =
                result.getParams().getMeasurement().getTime().convertTo(TimeUnit.NANOSECONDS)
                        / result.getPrimaryResult().getScore();
        return !(bytes * operations < HARNESS_BYTES);
    }

    /** Bytes that one operation allocated, NaN when the profiler says nothing. */
    static double allocated(final RunResult result) {
        final var metric = result.getSecondaryResults().get(ALLOCATED);
        return metric == null ? Double.NaN : metric.getScore();
    }
}
