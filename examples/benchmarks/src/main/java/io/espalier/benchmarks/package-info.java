/** Benchmarks, with JMH. */
@NullMarked
package io.espalier.benchmarks;

import org.jspecify.annotations.NullMarked;
