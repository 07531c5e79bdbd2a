package io.stoat.replication;

import io.aeron.archive.client.AeronArchive;
import io.aeron.cluster.ConsensusModule;
import io.aeron.cluster.RecordingLog;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Which snapshot a member can start from: the newest whole one, if its log goes on from there.
 * Finding out changes nothing; {@link #settle()} makes newer ones invalid in the recording log,
 * where their recordings stay until a later snapshot is whole.
 */
final class SnapshotChoice {
    private static final int SERVICE_ID = 0;

    private final File clusterDir;
    private final List<String> bad = new ArrayList<>();
    private boolean isAnyDamaged;
    private long position;
    private boolean isLogThere = true;

    private SnapshotChoice(final File clusterDir) {
        this.clusterDir = clusterDir;
    }

    /**
     * Looks at the snapshots, from the newest on.
     *
     * @param archiveContext how the archive is reached, which has to run; used up here.
     * @param isToRead whether snapshots are read, because one will be loaded; else a snapshot is
     *     whole once its end mark is there.
     */
    static SnapshotChoice of(
            final File clusterDir,
            final AeronArchive.Context archiveContext,
            final boolean isToRead) {
        final SnapshotChoice choice = new SnapshotChoice(clusterDir);
        if (new File(clusterDir, RecordingLog.RECORDING_LOG_FILE_NAME).exists()) {
            try (RecordingLog recordingLog = new RecordingLog(clusterDir, false);
                    SnapshotCheck check = new SnapshotCheck(archiveContext)) {
                choice.look(recordingLog, check, isToRead);
            }
        }
        return choice;
    }

    private void look(
            final RecordingLog recordingLog, final SnapshotCheck check, final boolean isToRead) {
        final List<RecordingLog.Entry> entries = recordingLog.entries();
        boolean isFound = false;
        long last = Long.MAX_VALUE;
        for (int i = entries.size() - 1; i >= 0 && !isFound; i--) {
            final RecordingLog.Entry module = entries.get(i);
            if (isSnapshot(module, ConsensusModule.Configuration.SERVICE_ID)
                    && module.logPosition < last) {
                last = module.logPosition;
                isFound = isWhole(entries, module, check, isToRead);
                position = isFound ? last : 0;
            }
        }
        if (!bad.isEmpty()) {
            final long log = recordingLog.findLastTermRecordingId();
            isLogThere = log < 0 || check.archive().getStartPosition(log) <= position;
        }
    }

    private boolean isWhole(
            final List<RecordingLog.Entry> entries,
            final RecordingLog.Entry module,
            final SnapshotCheck check,
            final boolean isToRead) {
        final Predicate<RecordingLog.Entry> isItsService =
                entry ->
                        isSnapshot(entry, SERVICE_ID)
                                && entry.logPosition == module.logPosition
                                && entry.leadershipTermId == module.leadershipTermId;
        final RecordingLog.Entry service =
                entries.stream()
                        .filter(isItsService)
                        .reduce((first, second) -> second)
                        .orElse(null);
        final String name = "the snapshot at position " + module.logPosition;
        if (service == null) {
            bad.add(name + " has no recording of entries");
            return false;
        }
        final SnapshotCheck.Soundness soundness = check.of(service.recordingId, isToRead);
        if (soundness == SnapshotCheck.Soundness.WHOLE) {
            return true;
        }
        final String where = " (log/" + service.recordingId + "-*.rec)";
        if (soundness == SnapshotCheck.Soundness.DAMAGED) {
            isAnyDamaged = true;
            bad.add(name + where + " is damaged: " + check.damage());
        } else {
            bad.add(name + where + " has no end mark");
        }
        return false;
    }

    private static boolean isSnapshot(final RecordingLog.Entry entry, final int serviceId) {
        return entry.type == RecordingLog.ENTRY_TYPE_SNAPSHOT
                && entry.isValid
                && entry.serviceId == serviceId;
    }

    /** Whether the newest snapshot is whole, or there is none. */
    boolean isNewest() {
        return bad.isEmpty();
    }

    /** Whether a snapshot has its end mark but does not hold what the mark says. */
    boolean isAnyDamaged() {
        return isAnyDamaged;
    }

    /** Whether there is a log from the chosen snapshot on, or from the beginning without one. */
    boolean isLogThere() {
        return isLogThere;
    }

    /** Position of the chosen snapshot; 0 when there is none. */
    long position() {
        return position;
    }

    /** What is wrong with those that are newer than the chosen one. */
    String findings() {
        return String.join("; ", bad);
    }

    /** Makes those that are newer than the chosen one invalid. */
    void settle() {
        if (bad.isEmpty()) {
            return;
        }
        try (RecordingLog recordingLog = new RecordingLog(clusterDir, false)) {
            for (int i = 0; i < bad.size(); i++) {
                recordingLog.invalidateLatestSnapshot();
            }
        }
    }
}
