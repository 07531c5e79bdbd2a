package io.stoat.bench.rig;

import io.stoat.affinity.CpuSet;
import io.stoat.affinity.Topology;
import io.stoat.bench.result.ProcessFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Looks at running processes from outside, by what the kernel tells of them: so that a result says
 * what was in force, and not what was asked for. Any thread.
 */
final class ProcessProbe {
    private static final String UNKNOWN = "unknown";
    private static final String ALLOWED = "Cpus_allowed_list:";

    private ProcessProbe() {}

    /** A node, and the members that it started, in the order of their start. */
    static List<ProcessFacts> nodeAndMembers(final long pid) {
        final List<ProcessFacts> facts = new ArrayList<>();
        facts.add(of("node", pid));
        final List<Long> members =
                ProcessHandle.of(pid).stream()
                        .flatMap(ProcessHandle::children)
                        .map(ProcessHandle::pid)
                        .sorted()
                        .toList();
        for (int member = 0; member < members.size(); member++) {
            facts.add(of("member-" + member, members.get(member)));
        }
        return facts;
    }

    /** One process; what the kernel does not tell is unknown. */
    static ProcessFacts of(final String role, final long pid) {
        final Path process = Path.of("/proc", String.valueOf(pid));
        try {
            return new ProcessFacts(
                    role,
                    flags(Files.readString(process.resolve("cmdline")).split("\0")),
                    pinned(process.resolve("task"), Topology.read().usable()));
        } catch (final IOException ex) {
            return new ProcessFacts(role, UNKNOWN, UNKNOWN);
        }
    }

    /** What of a command line matters: of a JVM its flags, without its class path. */
    static String flags(final String... command) {
        final List<String> words = Arrays.asList(command).subList(1, command.length);
        if (!command[0].endsWith("/java")) {
            return command[0] + " " + String.join(" ", words);
        }
        return words.stream()
                .flatMap(ProcessProbe::expanded)
                .filter(word -> word.startsWith("-X") || word.startsWith("-agent"))
                .collect(Collectors.joining(" "));
    }

    /** The words of a file of flags. */
    private static Stream<String> expanded(final String word) {
        if (!word.startsWith("@")) {
            return Stream.of(word);
        }
        try {
            return Files.readAllLines(Path.of(word.substring(1))).stream()
                    .map(line -> line.replaceFirst("#.*", "").strip())
                    .filter(line -> !line.isEmpty())
                    .flatMap(line -> Stream.of(line.split("\\s+")));
        } catch (final IOException ex) {
            return Stream.of(word);
        }
    }

    private static String pinned(final Path tasks, final CpuSet usable) throws IOException {
        final Map<String, String> pinned = new TreeMap<>();
        int count = 0;
        try (Stream<Path> threads = Files.list(tasks)) {
            for (final Path thread : threads.toList()) {
                final CpuSet allowed = allowed(thread);
                if (allowed != null) {
                    count++;
                    if (!usable.minus(allowed).isEmpty()) {
                        pinned.put(thread.getFileName().toString(), name(thread) + "=" + allowed);
                    }
                }
            }
        }
        final List<String> distinct = pinned.values().stream().distinct().sorted().toList();
        if (distinct.isEmpty()) {
            return ProcessFacts.NOT_PINNED;
        }
        final List<String> places =
                distinct.stream().map(text -> text.replaceFirst(".*=", "")).distinct().toList();
        return pinned.size() == count && places.size() == 1
                ? "all threads=" + places.get(0)
                : String.join(" ", distinct);
    }

    /** The CPUs of a thread, or null when it has ended meanwhile. */
    private static CpuSet allowed(final Path thread) {
        try {
            return Files.readAllLines(thread.resolve("status")).stream()
                    .filter(line -> line.startsWith(ALLOWED))
                    .map(line -> CpuSet.parse(line.substring(ALLOWED.length()).strip()))
                    .findFirst()
                    .orElse(null);
        } catch (final IOException gone) {
            return null;
        }
    }

    private static String name(final Path thread) {
        try {
            return Files.readString(thread.resolve("comm")).strip();
        } catch (final IOException gone) {
            return thread.getFileName().toString();
        }
    }
}
