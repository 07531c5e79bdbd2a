package io.stoat.bench.profile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.function.Predicate;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/**
 * What a recording holds of the time in which a load was on: samples by frame and by thread, bytes
 * by class and frame, pauses of the collector, and threads that waited.
 */
public final class Recording {
    private static final String OWN_PACKAGE = "io.stoat.";
    private static final String UNKNOWN = "(unknown)";

    /** JFR takes a thread that waits for input in native code for one that runs. */
    private static final Set<String> IDLE =
            Set.of("java.io.FileInputStream.readBytes", "java.io.FileInputStream.read0");

    private final Shares frames = new Shares();
    private final Shares ownFrames = new Shares();
    private final Shares threads = new Shares();
    private final Shares allocations = new Shares();
    private final Shares parks = new Shares();
    private int pauses;
    private Duration pauseSum = Duration.ZERO;
    private Duration pauseLongest = Duration.ZERO;
    private int parkCount;

    private Recording() {}

    /**
     * Reads a recording.
     *
     * @param file JFR recording, also one that async-profiler made.
     * @param isMeasured whether a moment counts: others, such as the start, are left out.
     * @return what it says.
     */
    public static Recording read(final Path file, final Predicate<Instant> isMeasured) {
        final Recording recording = new Recording();
        try (RecordingFile events = new RecordingFile(file)) {
            while (events.hasMoreEvents()) {
                final RecordedEvent event = events.readEvent();
                if (isMeasured.test(event.getStartTime())) {
                    recording.add(event);
                }
            }
        } catch (final IOException ex) {
            throw new UncheckedIOException("cannot read " + file, ex);
        }
        return recording;
    }

    private void add(final RecordedEvent event) {
        switch (event.getEventType().getName()) {
            case "jdk.ExecutionSample", "jdk.NativeMethodSample" -> addSample(event);
            case "jdk.ObjectAllocationSample" -> addAllocation(event, event.getLong("weight"));
            // async-profiler's
            case "jdk.ObjectAllocationInNewTLAB" -> addAllocation(event, event.getLong("tlabSize"));
            case "jdk.ObjectAllocationOutsideTLAB" ->
                    addAllocation(event, event.getLong("allocationSize"));
            case "jdk.GarbageCollection" -> {
                pauses++;
                pauseSum = pauseSum.plus(event.getDuration("sumOfPauses"));
                final Duration longest = event.getDuration("longestPause");
                pauseLongest = longest.compareTo(pauseLongest) > 0 ? longest : pauseLongest;
            }
            case "jdk.ThreadPark", "jdk.JavaMonitorEnter", "jdk.JavaMonitorWait" -> {
                parkCount++;
                parks.add(nameOf(event.getThread()), event.getDuration().toNanos() / 1e6);
            }
            default -> {
                // says nothing of time or allocation
            }
        }
    }

    private void addSample(final RecordedEvent event) {
        final RecordedStackTrace stack = event.getStackTrace();
        if (IDLE.contains(topOf(stack))) {
            return;
        }
        frames.add(topOf(stack), 1);
        ownFrames.add(ownOf(stack), 1);
        threads.add(nameOf(event.getThread("sampledThread")), 1);
    }

    private void addAllocation(final RecordedEvent event, final long bytes) {
        final RecordedClass type = event.getClass("objectClass");
        final RecordedStackTrace stack = event.getStackTrace();
        final String own = ownOf(stack);
        allocations.add(
                typeOf(type)
                        + " in "
                        + topOf(stack)
                        + (own.equals(topOf(stack)) || own.equals(UNKNOWN) ? "" : " for " + own),
                bytes);
    }

    private static String topOf(final RecordedStackTrace stack) {
        return stack == null || stack.getFrames().isEmpty()
                ? UNKNOWN
                : nameOf(stack.getFrames().get(0));
    }

    /** The innermost frame of Stoat's. */
    private static String ownOf(final RecordedStackTrace stack) {
        return stack == null
                ? UNKNOWN
                : stack.getFrames().stream()
                        .map(Recording::nameOf)
                        .filter(name -> name.startsWith(OWN_PACKAGE))
                        .findFirst()
                        .orElse(UNKNOWN);
    }

    /** Native and kernel code, which async-profiler sees, has no class, or a library for one. */
    private static String nameOf(final RecordedFrame frame) {
        if (frame.getMethod() == null) {
            return UNKNOWN;
        }
        final String type = frame.getMethod().getType().getName();
        return type.isEmpty()
                ? frame.getMethod().getName()
                : type + "." + frame.getMethod().getName();
    }

    private static String nameOf(final RecordedThread thread) {
        if (thread == null) {
            return UNKNOWN;
        }
        return thread.getJavaName() == null ? thread.getOSName() : thread.getJavaName();
    }

    private static String typeOf(final RecordedClass type) {
        return type == null
                ? UNKNOWN
                : type.getName().replace("[B", "byte[]").replace("[J", "long[]");
    }

    /** Samples by the method that ran. */
    Shares frames() {
        return frames;
    }

    /** Samples by Stoat's method that ran, or that called what ran. */
    Shares ownFrames() {
        return ownFrames;
    }

    /** Samples by thread. */
    Shares threads() {
        return threads;
    }

    /** Bytes by class and method. */
    Shares allocations() {
        return allocations;
    }

    /** Ms in which threads waited, by thread. */
    Shares parks() {
        return parks;
    }

    int parkCount() {
        return parkCount;
    }

    int pauses() {
        return pauses;
    }

    Duration pauseSum() {
        return pauseSum;
    }

    Duration pauseLongest() {
        return pauseLongest;
    }
}
