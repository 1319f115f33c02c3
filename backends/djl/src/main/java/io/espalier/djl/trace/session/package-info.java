/**
 * Internal: one run of a block on symbolic arrays, and on real ones where those are needed. It
 * promises nothing to users.
 */
@NullMarked
package io.espalier.djl.trace.session;

import org.jspecify.annotations.NullMarked;
