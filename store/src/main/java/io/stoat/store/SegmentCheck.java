package io.stoat.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One look at a segment, whose findings mean something only if its sequence was even and has not
 * changed meanwhile. Follows no number out of the mapped range.
 */
final class SegmentCheck {
    private static final int MAX_FINDINGS = 20;

    private final EntryFinder finder;
    private final MapLayout layout;
    private final SegmentStat stat;
    private final int segment;
    private final long[] used;
    private final List<String> findings = new ArrayList<>();
    private long soundEntries;
    private long damagedEntries;
    private long faults;
    private long entries;
    private long bytes;
    private boolean valid;

    SegmentCheck(final ShardReader shard, final int segment) {
        finder = shard.finder();
        layout = shard.control().layout();
        stat = shard.segmentStat(segment);
        this.segment = segment;
        used = new long[(int) (layout.chunksPerTier() + 63 >>> 6)];
    }

    void run() {
        final long[] last = {0};
        final long[] tiers = {0};
        EntryWalk.tiers(
                finder,
                segment,
                tier -> {
                    last[0] = tier;
                    checkTier(tier, tiers[0]++);
                });
        if (tiers[0] == finder.maxTiers() || finder.nextTier(segment, last[0]) != 0) {
            fault("its chain of tiers leads nowhere");
        }
        if (entries != stat.entries() || bytes != stat.entryBytes()) {
            fault(
                    String.format(
                            "%d entries of %d bytes, counted were %d of %d",
                            entries, bytes, stat.entries(), stat.entryBytes()));
        }
    }

    private void checkTier(final long tier, final long number) {
        Arrays.fill(used, 0);
        final long before = entries;
        for (long slot = 0; slot < finder.slotCapacity(); slot++) {
            final int result = finder.entryAt(tier, slot);
            if (result == EntryFinder.OUT_OF_BOUNDS) {
                fault("slot " + slot + " of tier " + number + " leads nowhere");
            } else if (result == EntryFinder.FOUND) {
                checkEntry(tier, slot);
            }
        }
        final long counted = finder.tierEntries(segment, tier);
        if (counted != entries - before) {
            fault(
                    "tier "
                            + number
                            + " has "
                            + (entries - before)
                            + " entries, counted were "
                            + counted);
        }
        for (int i = 0; i < used.length; i++) {
            if ((used[i] & ~finder.freeListWord(tier, i)) != 0) {
                fault("the free list of tier " + number + " gives chunks away that are in use");
                break;
            }
        }
    }

    private void checkEntry(final long tier, final long slot) {
        final long keyAddress = finder.keyAddress();
        final int keyLength = finder.keyLength();
        final long valueAddress = finder.valueAddress();
        final int valueLength = finder.valueLength();
        final long hash = XxHash64.hash(null, keyAddress, keyLength, 0L);
        entries++;
        bytes += ShardSizing.entryLength(keyLength, valueLength);
        take(tier, finder.chunkAt(tier, slot), valueAddress + valueLength);
        if (!ValueDescriptor.isSound(
                valueAddress, valueLength - ValueDescriptor.HEADER_LENGTH, hash)) {
            damagedEntries++;
            find("damaged entry " + Quarantine.printable(keyAddress, keyLength));
        } else if (finder.segmentOf(hash) != segment
                || finder.find(null, keyAddress, keyLength, hash) != EntryFinder.FOUND
                || finder.valueAddress() != valueAddress) {
            fault("no look-up finds the entry " + Quarantine.printable(keyAddress, keyLength));
        } else {
            soundEntries++;
        }
    }

    /** Takes the chunks of an entry, of which no other may have any. */
    private void take(final long tier, final long first, final long endAddress) {
        final long space = tier + layout.entrySpaceOffset();
        final long end = (endAddress - space + layout.chunkSize() - 1) / layout.chunkSize();
        for (long chunk = first; chunk < end; chunk++) {
            final int word = (int) (chunk >>> 6);
            if ((used[word] >>> chunk & 1) != 0) {
                fault("two entries share chunk " + chunk);
                return;
            }
            used[word] |= 1L << chunk;
        }
    }

    private void fault(final String finding) {
        faults++;
        find(finding);
    }

    private void find(final String finding) {
        if (findings.size() < MAX_FINDINGS) {
            findings.add(finding);
        }
    }

    void validate() {
        valid = true;
    }

    boolean isValid() {
        return valid;
    }

    List<String> findings() {
        return findings;
    }

    long soundEntries() {
        return soundEntries;
    }

    long damagedEntries() {
        return damagedEntries;
    }

    long faults() {
        return faults;
    }
}
