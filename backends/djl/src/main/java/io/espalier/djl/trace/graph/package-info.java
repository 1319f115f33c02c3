/**
 * Internal: makes one graph of the runs of a block, with its names, layers and open dimensions. It
 * promises nothing to users.
 */
@NullMarked
package io.espalier.djl.trace.graph;

import org.jspecify.annotations.NullMarked;
