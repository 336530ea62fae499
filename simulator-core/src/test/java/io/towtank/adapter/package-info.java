@NullMarked
package io.towtank.adapter;

import org.jspecify.annotations.NullMarked;
