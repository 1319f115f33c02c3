@NullMarked
package io.espalier.core.latency;

import org.jspecify.annotations.NullMarked;
