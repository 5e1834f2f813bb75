namespace RouterOS.Unit.Core.Storage;

/// <summary>The process died here.</summary>
internal sealed class PowerLostException : Exception
{
}
