using System.Text;

namespace Grpc.Core;

public sealed partial class Metadata
{
    /// <summary>One key with its text or its bytes.</summary>
    public class Entry
    {
        private readonly string? _text;
        private readonly byte[]? _bytes;

        /// <summary>Makes an entry with a binary value.</summary>
        public Entry(string key, byte[] valueBytes)
        {
            ArgumentNullException.ThrowIfNull(valueBytes);
            Key = Normalize(key);
            if (!IsBinary)
            {
                throw new ArgumentException($"Key \"{Key}\" holds bytes, so it must end with {BinaryHeaderSuffix}.", nameof(key));
            }

            // The caller keeps its array: what is sent later must be what was given now.
            _bytes = (byte[])valueBytes.Clone();
        }

        /// <summary>Makes an entry with a text value.</summary>
        public Entry(string key, string value)
        {
            ArgumentNullException.ThrowIfNull(value);
            Key = Normalize(key);
            if (IsBinary)
            {
                throw new ArgumentException($"Key \"{Key}\" holds text, so it must not end with {BinaryHeaderSuffix}.", nameof(key));
            }

            _text = value;
        }

        /// <summary>The key, in lower case.</summary>
        public string Key { get; }

        /// <summary>Whether the value is bytes.</summary>
        public bool IsBinary => Key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal);

        /// <summary>The value as bytes; a text value gives its ASCII form.</summary>
        public byte[] ValueBytes => _bytes is null ? Encoding.ASCII.GetBytes(_text!) : (byte[])_bytes.Clone();

        /// <summary>The text value.</summary>
        public string Value =>
            _text ?? throw new InvalidOperationException($"The value of \"{Key}\" is bytes: read {nameof(ValueBytes)}.");

        /// <inheritdoc/>
        public override string ToString() => IsBinary ? $"{Key}: {Convert.ToBase64String(_bytes!)}" : $"{Key}: {_text}";

        internal ReadOnlySpan<byte> Bytes => _bytes;

        internal bool HasKey(string key) => string.Equals(Key, key, StringComparison.OrdinalIgnoreCase);

        // The characters that the gRPC protocol allows in Header-Name: 0-9 a-z _ - .
        internal static bool IsKey(string key) => key.Length > 0 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');

        private static string Normalize(string key)
        {
            ArgumentException.ThrowIfNullOrEmpty(key);
            return IsKey(key) ? key.ToLowerInvariant()
                : throw new ArgumentException($"\"{key}\" is no metadata key: letters, digits, '_', '-' and '.' are.", nameof(key));
        }
    }
}
