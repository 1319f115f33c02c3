/** The command line: inspect, sample, export, prune, verify, demo. */
@NullMarked
package io.espalier.cli;

import org.jspecify.annotations.NullMarked;
