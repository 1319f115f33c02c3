/**
 * Internal: what a run of a block speaks of, tensors, constants and attributes, and how shapes and
 * types follow from one another. It promises nothing to users.
 */
@NullMarked
package io.espalier.djl.trace.values;

import org.jspecify.annotations.NullMarked;
