@NullMarked
package io.espalier.djl.elastic;

import org.jspecify.annotations.NullMarked;
