using System.Text;
using RouterOS.Aaa.Crypto;
using RouterOS.Abstractions.Crypto;
using RouterOS.Ppp.Control;
using RouterOS.Ppp.Wire;

namespace RouterOS.Clients;

/// <summary>A client's name and password.</summary>
internal sealed class Credentials(string name, string password, ILinkEnvironment environment) : IPppCredentials
{
    private const int ChallengeBytes = 16;

    private readonly byte[] _password = Encoding.UTF8.GetBytes(password);
    private string? _expected;

    public string Name => name;

    public byte[]? Password => _password;

    public byte[]? Respond(AuthenticationMethod method, byte identifier, ReadOnlySpan<byte> challenge)
    {
        switch (method)
        {
            case AuthenticationMethod.Chap:
                return ClientCrypto.Mac.Hash(MacAlgorithm.HmacMd5, [identifier, .. _password, .. challenge]);
            case AuthenticationMethod.MsChap:
                return MsChap.Respond(ClientCrypto.Cipher, _password, challenge);
            case AuthenticationMethod.MsChapV2:
                byte[] own = new byte[ChallengeBytes];
                environment.Fill(own);
                byte[] response = MsChap.Respond(ClientCrypto.Mac, ClientCrypto.Cipher, name, _password, challenge, own);
                _expected = MsChap.Prove(ClientCrypto.Mac, ClientCrypto.Cipher, name, _password, challenge, response);
                return response;
            default:
                return null;
        }
    }

    public bool IsRight(AuthenticationMethod method, ReadOnlySpan<byte> successMessage) =>
        method != AuthenticationMethod.MsChapV2
        || (_expected is not null && Encoding.ASCII.GetString(successMessage).StartsWith(_expected, StringComparison.Ordinal));
}
