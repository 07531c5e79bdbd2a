package io.stoat.replication;

import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.client.RecordingDescriptorConsumer;
import java.util.ArrayList;
import java.util.List;

/**
 * What an archive's catalogue says of a recording, as far as a member needs it. Asked on the
 * archive client's thread.
 *
 * @param id of the recording.
 * @param streamId that was recorded.
 * @param startMs when the recording began, ms since the epoch.
 * @param startPosition of the first byte that is there.
 * @param stopPosition after the last byte, or {@link AeronArchive#NULL_POSITION} while it goes on.
 * @param initialTermId of the recorded stream.
 * @param termLength of the recorded stream, bytes.
 * @param mtu of the recorded stream, bytes.
 * @param channel as it was given.
 */
record Recording(
        long id,
        int streamId,
        long startMs,
        long startPosition,
        long stopPosition,
        int initialTermId,
        int termLength,
        int mtu,
        String channel) {

    /** The recording with an id; null when there is none. */
    static Recording find(final AeronArchive archive, final long id) {
        final List<Recording> found = new ArrayList<>(1);
        archive.listRecording(id, into(found));
        return found.isEmpty() ? null : found.get(0);
    }

    /** The first recordings of an archive, at most so many, in the order of their ids. */
    static List<Recording> list(final AeronArchive archive, final int maxRecordings) {
        final List<Recording> found = new ArrayList<>();
        archive.listRecordings(0, maxRecordings, into(found));
        return found;
    }

    private static RecordingDescriptorConsumer into(final List<Recording> found) {
        return (session,
                correlation,
                id,
                startMs,
                stopMs,
                startPosition,
                stopPosition,
                initialTermId,
                segmentLength,
                termLength,
                mtu,
                sessionId,
                streamId,
                stripped,
                original,
                source) ->
                found.add(
                        new Recording(
                                id,
                                streamId,
                                startMs,
                                startPosition,
                                stopPosition,
                                initialTermId,
                                termLength,
                                mtu,
                                original));
    }
}
