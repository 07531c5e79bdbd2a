package io.stoat.bench.profile;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Amounts by name, and which names have most of them. */
final class Shares {
    private final Map<String, Double> amounts = new HashMap<>();
    private double total;

    void add(final String name, final double amount) {
        amounts.merge(name, amount, Double::sum);
        total += amount;
    }

    double total() {
        return total;
    }

    /** The names with most, the most first. */
    List<Map.Entry<String, Double>> top(final int count) {
        return amounts.entrySet().stream()
                .sorted(
                        Map.Entry.<String, Double>comparingByValue()
                                .reversed()
                                .thenComparing(Map.Entry.comparingByKey()))
                .limit(count)
                .toList();
    }
}
