package io.stoat.replication;

import io.aeron.CommonContext;
import io.aeron.ExclusivePublication;
import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.status.RecordingPos;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.status.CountersReader;

/**
 * Shows a member's {@link ContentSettings} in the catalogue of its archive, where the others look
 * at its start and find its log, too: as the alias of a recording of nothing. So it needs no leader
 * and no quorum, and nothing in the log.
 */
final class SettingsNotice {
    private static final int STREAM_ID = 3_107;
    private static final String PREFIX = "alias=stoat-settings-";
    private static final String CHANNEL = CommonContext.IPC_CHANNEL + "?term-length=64k|mtu=1408|";
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(20);

    private SettingsNotice() {}

    /**
     * Takes away what an earlier start with other settings shows.
     *
     * @return whether the archive shows these settings already.
     */
    static boolean withdrawOthers(
            final AeronArchive.Context archiveContext, final ContentSettings settings) {
        boolean isShown = false;
        try (AeronArchive archive = AeronArchive.connect(archiveContext)) {
            final List<Recording> notices = new ArrayList<>();
            for (final Recording recording : Recording.list(archive, Integer.MAX_VALUE)) {
                if (of(recording) != null) {
                    notices.add(recording);
                }
            }
            for (final Recording notice : notices) {
                if (!isShown && of(notice).text().equals(settings.text())) {
                    isShown = true;
                } else {
                    archive.purgeRecording(notice.id());
                }
            }
        }
        return isShown;
    }

    /** Shows the settings from now on. */
    static void post(final AeronArchive.Context archiveContext, final ContentSettings settings) {
        try (AeronArchive archive = AeronArchive.connect(archiveContext);
                ExclusivePublication publication =
                        archive.addRecordedExclusivePublication(
                                CHANNEL + PREFIX + settings.text(), STREAM_ID)) {
            final CountersReader counters = archive.context().aeron().countersReader();
            final long deadlineNs = System.nanoTime() + TIMEOUT_NS;
            while (RecordingPos.findCounterIdBySession(counters, publication.sessionId())
                    == CountersReader.NULL_COUNTER_ID) {
                archive.checkForErrorResponse();
                if (System.nanoTime() - deadlineNs > 0) {
                    throw new ReplicationException(
                            "the archive does not take down the member's settings; is the disk of"
                                    + " the member full?");
                }
                LockSupport.parkNanos(100_000);
            }
        }
    }

    /** What a recording shows; null when it is something else. */
    static ContentSettings of(final Recording recording) {
        final int at = recording.streamId() == STREAM_ID ? recording.channel().indexOf(PREFIX) : -1;
        if (at < 0) {
            return null;
        }
        final String text = recording.channel().substring(at + PREFIX.length());
        final int end = text.indexOf('|');
        return ContentSettings.parse(end < 0 ? text : text.substring(0, end));
    }
}
