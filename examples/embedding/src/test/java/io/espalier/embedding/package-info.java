@NullMarked
package io.espalier.embedding;

import org.jspecify.annotations.NullMarked;
