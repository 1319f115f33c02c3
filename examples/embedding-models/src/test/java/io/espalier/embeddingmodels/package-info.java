@NullMarked
package io.espalier.embeddingmodels;

import org.jspecify.annotations.NullMarked;
