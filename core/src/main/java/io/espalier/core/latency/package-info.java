/**
 * How long networks take: a table of what their parts took at some widths, which tells what any
 * other network of the space takes, and which is mended by every network that is measured.
 */
@NullMarked
package io.espalier.core.latency;

import org.jspecify.annotations.NullMarked;
