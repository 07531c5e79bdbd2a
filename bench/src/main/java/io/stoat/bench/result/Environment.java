package io.stoat.bench.result;

import io.stoat.affinity.CpuSet;
import io.stoat.affinity.Topology;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The facts of this machine and this build without which no figure is worth anything. */
public final class Environment {
    private static final String UNKNOWN = "unknown";

    private Environment() {}

    /**
     * @param plan of threads that the runs use.
     * @return facts by name, in order; what cannot be found out is "unknown".
     */
    public static Map<String, Object> collect(final String plan) {
        final Map<String, Object> facts = new LinkedHashMap<>();
        final Topology topology = Topology.read();
        facts.put("cpu", field("/proc/cpuinfo", "model name"));
        facts.put("cores", topology.cpus().size());
        facts.put("usableCpus", usable(topology));
        facts.put("isolatedCpus", text("/sys/devices/system/cpu/isolated"));
        facts.put("smt", text("/sys/devices/system/cpu/smt/active"));
        facts.put("governor", text("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"));
        facts.put(
                "clocksource",
                text("/sys/devices/system/clocksource/clocksource0/current_clocksource"));
        facts.put("memory", field("/proc/meminfo", "MemTotal"));
        facts.put("transparentHugePages", text("/sys/kernel/mm/transparent_hugepage/enabled"));
        facts.put("virtualized", virtualized());
        facts.put("loadAverage", loadAverage());
        facts.put("os", field("/etc/os-release", "PRETTY_NAME"));
        facts.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put(
                "jvm",
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        facts.put("plan", plan);
        facts.put("commit", commit());
        facts.put("loadGenerator", "stoat bench, same host, JVM of its own");
        return facts;
    }

    /**
     * @param plan of threads, in words.
     * @return the facts of the machine, and the flags of this JVM, which the JVMs that it starts
     *     have, too.
     */
    public static Map<String, Object> collectWithFlags(final String plan) {
        final Map<String, Object> facts = collect(plan);
        facts.remove("loadGenerator");
        facts.put(
                "flags",
                ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                        .filter(flag -> flag.startsWith("-X") || flag.startsWith("-agent"))
                        .collect(Collectors.joining(" ")));
        return facts;
    }

    private static String usable(final Topology topology) {
        final CpuSet usable = topology.usable();
        return usable.toString();
    }

    private static String loadAverage() {
        final String text = text("/proc/loadavg");
        return text.equals(UNKNOWN) ? text : text.replaceAll("^(\\S+ \\S+ \\S+).*", "$1");
    }

    private static String virtualized() {
        final String flags = field("/proc/cpuinfo", "flags");
        return flags.contains("hypervisor") ? "yes" : "no sign of it";
    }

    /** The commit of the checkout, and whether it was changed since. */
    private static String commit() {
        final String home = System.getProperty("stoat.home", ".");
        final String hash = run("git", "-C", home, "rev-parse", "--short=12", "HEAD");
        if (hash.isEmpty()) {
            return UNKNOWN;
        }
        final String changes =
                run("git", "-C", home, "status", "--porcelain", "--untracked-files=no");
        return changes.isEmpty() ? hash : hash + ", with changes";
    }

    private static String run(final String... command) {
        try {
            final Process process =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            final String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                            .strip();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0 ? output : "";
        } catch (final IOException ex) {
            return "";
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    private static String text(final String file) {
        try {
            final String text = Files.readString(Path.of(file)).strip();
            return text.isEmpty() ? "none" : text;
        } catch (final IOException ex) {
            return UNKNOWN;
        }
    }

    private static String field(final String file, final String name) {
        try {
            for (final String line : Files.readAllLines(Path.of(file))) {
                final String[] parts = line.split("[:=]", 2);
                if (parts.length == 2 && parts[0].strip().equals(name)) {
                    return parts[1].strip().replace("\"", "");
                }
            }
        } catch (final IOException ignore) {
            // another kind of system
        }
        return UNKNOWN;
    }
}
