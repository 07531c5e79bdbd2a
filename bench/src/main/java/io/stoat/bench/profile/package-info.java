/** What a JFR recording of a run says: where time and allocation went, in text. */
package io.stoat.bench.profile;
